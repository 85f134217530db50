// What an answer may take before it is there: a batch its limit, a list its rows, a refusal little.
import t from 'tap'
import { expectedAnswer } from '../../../../engine/front/admission/expected-answer.js'

const KiB = 1024
const limit = 4 * KiB * KiB
const of = (operation: string, query = {}, fault: { code: 'not_found' } | null = null): number =>
  expectedAnswer({ operation, query, fault }, limit)

t.test('by operation', async (t) => {
  t.equal(of('readSecrets'), limit)
  t.equal(of('readSecret'), 128 * KiB)
  t.equal(of('listEntries', { page: 1, pageSize: 200 }), 800 * KiB)
  t.equal(of('listAuditEvents', { limit: 1000 }), 4000 * KiB)
  t.equal(of('listAuditEvents', { limit: 1 }), 128 * KiB)
  t.equal(of('readSecrets', {}, { code: 'not_found' }), 4 * KiB)
})

t.test('never more than one answer may be', async (t) => {
  t.equal(
    expectedAnswer({ operation: 'listAuditEvents', query: { limit: 1000 }, fault: null }, 64 * KiB),
    64 * KiB,
  )
})
