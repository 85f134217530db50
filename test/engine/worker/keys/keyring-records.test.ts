import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { sealedFields, type SealedFieldName } from '../../../../engine/worker/cipher/registry.js'
import { suiteIds } from '../../../../engine/worker/cipher/suites.js'
import { freshTenant, frozen, frozenTenant, open } from './fixture.js'

const names = Object.keys(sealedFields) as SealedFieldName[]

t.test('frozen records of both suites and of older keys open for ever', async (t) => {
  const keys = open(frozenTenant())
  for (const { field, recordId, recordVersion, value, record } of frozen.records)
    t.same(keys.open(field, recordId, recordVersion, Buffer.from(record, 'hex')), value, field)
})

t.test('moved to any other field, row, version or tenant a record does not open', async (t) => {
  const [acme, contoso] = [freshTenant(), freshTenant()].map((tenant) => open(tenant)) as [
    ReturnType<typeof open>,
    ReturnType<typeof open>,
  ]
  const id = newId()
  for (const name of names) {
    const record = acme.seal(name, id, 4, { of: name })
    t.same(acme.open(name, id, 4, record), { of: name })
    for (const other of names)
      if (other !== name) t.throws(() => acme.open(other, id, 4, record), IntegrityError, other)
    t.throws(() => acme.open(name, newId(), 4, record), IntegrityError, 'row')
    for (const version of [3, 5, 2 ** 32 + 4])
      t.throws(() => acme.open(name, id, version, record), IntegrityError, 'version')
    t.throws(() => contoso.open(name, id, 4, record), IntegrityError, 'tenant')
  }
})

t.test('with its purpose byte rewritten to fit, a moved record does not open either', async (t) => {
  const keys = open(freshTenant())
  const id = newId()
  const record = keys.seal('vault_entry.doc', id, 1, 'x')
  const donor = keys.seal('vault_entry.secret', id, 1, 'x')
  const forged = Buffer.concat([donor.subarray(0, 16), record.subarray(16)])
  t.throws(() => keys.open('vault_entry.secret', id, 1, forged), IntegrityError)
})

t.test('the same keys under another tenant id open nothing', async (t) => {
  const acme = freshTenant()
  const contoso = freshTenant()
  t.throws(() => open({ ...acme, tenant: contoso.tenant }), IntegrityError, 'CEKs')
  t.throws(() => open({ ...acme, kek: contoso.kek }), IntegrityError, 'KEK')
  t.throws(() => open({ ...acme, rows: contoso.rows }), IntegrityError, 'rows')
})

t.test(
  '8 and 40 characters of a password give records of equal length, whatever is beside it',
  async (t) => {
    const id = newId()
    for (const suite of Object.values(suiteIds)) {
      const keys = open(freshTenant(), { suite })
      for (let beside = 0; beside < 130; beside += 7) {
        const length = (password: string): number =>
          keys.seal('vault_entry.secret', id, 1, { username: 'u'.repeat(beside), password }).length
        t.equal(length('x'.repeat(8)), length('x'.repeat(40)), `${beside} characters beside it`)
      }
    }
  },
)

t.test('the chosen suite seals, either opens', async (t) => {
  const tenant = freshTenant()
  const [first, second] = Object.values(suiteIds).map((suite) => open(tenant, { suite })) as [
    ReturnType<typeof open>,
    ReturnType<typeof open>,
  ]
  const id = newId()
  const records = [first, second].map((keys) => keys.seal('vault_entry.secret', id, 1, { a: 'b' }))
  t.same(
    records.map((record) => record[1]),
    [1, 2],
  )
  for (const keys of [first, second])
    for (const record of records) t.same(keys.open('vault_entry.secret', id, 1, record), { a: 'b' })
})

t.test('an empty or foreign blob is an integrity failure', async (t) => {
  const keys = open(freshTenant())
  for (const blob of [Buffer.alloc(0), Buffer.from('{}'), Buffer.alloc(120), Buffer.alloc(120, 1)])
    t.throws(() => keys.open('vault_entry.doc', newId(), 1, blob), IntegrityError)
})
