// Only what the contract names leaves, and what leaves is always JSON.
import fc from 'fast-check'
import t from 'tap'
import { operations, serialize } from '../../engine/task/contract.js'

const entry = {
  id: '0197a1c2-7d3e-7c41-9b55-3f6f0c1d2e4a',
  name: 'root',
  folder: '/',
  type: 'note',
  tags: [],
  version: 1,
  createdUtc: '2026-01-31T09:15:00.000Z',
  updatedUtc: '2026-01-31T09:15:00.000Z',
}

t.test('a property that the contract does not name stays inside', async (t) => {
  const leaky = { ...entry, fields: { password: 'x' }, sealed: Buffer.from('x') }
  t.strictSame(JSON.parse(serialize('getEntry', 200, leaky)), entry)
  t.strictSame(JSON.parse(serialize('listEntries', 200, [leaky])), [entry])
})

t.test('a missing property throws instead of leaving a hole', async (t) => {
  t.throws(() => serialize('getEntry', 200, { ...entry, name: undefined }))
})

t.test('an answer that the contract does not have throws', async (t) => {
  t.throws(() => serialize('getEntry', 201, entry), RangeError)
  t.throws(() => serialize('deleteEntry', 204, {}), RangeError)
})

t.test('rows of a batch keep secret and error apart', async (t) => {
  const rows = [
    { id: entry.id, version: 1, fields: { password: 'x' } },
    { path: '/a/b', error: { code: 'not_found' } },
  ]
  t.strictSame(JSON.parse(serialize('readSecrets', 200, rows)), rows)
})

t.test('any field content comes through unchanged', async (t) => {
  const fields = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(fields, (content) => {
      const secret = { id: entry.id, version: 1, fields: { ...content } }
      t.same(JSON.parse(serialize('readSecret', 200, secret)), secret)
      return true
    }),
    { numRuns: 200 },
  )
})

t.test('a time is escaped like any text', async (t) => {
  const spoiled = { ...entry, createdUtc: '","name":"x' }
  t.strictSame(JSON.parse(serialize('getEntry', 200, spoiled)), spoiled)
})

t.test('every JSON answer of the contract has a serializer', async (t) => {
  for (const { operationId, resultSchemas } of operations.values())
    for (const [status, schema] of resultSchemas)
      if (schema.type === 'array') t.equal(serialize(operationId, status, []), '[]', operationId)
      else if (schema.required)
        t.throws(() => serialize(operationId, status, {}), /required/, operationId)
})
