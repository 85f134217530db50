import fc from 'fast-check'
import t from 'tap'
import { indexInput, lengthPrefixed } from '../../../../engine/worker/keys/blind-index.js'
import { frozen, frozenTenant, freshTenant, open } from './fixture.js'

t.test('values are the frozen ones', async (t) => {
  const keys = open(frozenTenant())
  for (const { name, parts, value } of frozen.indexes)
    t.same(keys.index(name, parts), [
      { index: name, indexVersion: 1, value: Buffer.from(value, 'hex') },
    ])
})

t.test('equal only for equal index, parts and tenant', async (t) => {
  const [acme, contoso] = [open(freshTenant()), open(freshTenant())]
  const value = (keys: typeof acme, ...of: Parameters<typeof acme.index>): string =>
    keys
      .index(...of)
      .map((each) => each.value.toString('hex'))
      .join()
  const wanted = value(acme, 'entryFolder', ['/prod'])
  t.equal(value(acme, 'entryFolder', ['/prod']), wanted)
  t.equal(wanted.length, 32)
  for (const other of [
    value(acme, 'entryFolder', ['/Prod']),
    value(acme, 'username', ['/prod']),
    value(acme, 'accountName', ['/prod']),
    value(contoso, 'entryFolder', ['/prod']),
  ])
    t.not(other, wanted)
})

t.test('no two lists of parts give the same bytes', async () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 4 })
  const shape = (list: readonly Uint8Array[]): string =>
    JSON.stringify(list.map((part) => [...part]))
  fc.assert(
    fc.property(
      parts,
      parts,
      (a, b) => (shape(a) === shape(b)) === lengthPrefixed(a).equals(lengthPrefixed(b)),
    ),
    { numRuns: 500 },
  )
})

t.test('refuses a wrong number of parts and parts beyond their length field', async (t) => {
  t.throws(() => indexInput('entryPath', ['/prod']), RangeError)
  t.throws(() => indexInput('entryFolder', ['/prod', 'db']), RangeError)
  t.throws(() => indexInput('username', ['x'.repeat(65536)]), RangeError)
})
