// Requests come out of a batch as they went in; a token's claims cross once, and are never taken for another's.
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import fc from 'fast-check'
import t from 'tap'
import { type TenantId, newId } from '../../../engine/ids.js'
import { type Batch, BatchPacker, BatchUnpacker } from '../../../engine/task/batch.js'
import type { AccessClaims, Item } from '../../../engine/task/item.js'

const claimsOf = (sid: string): AccessClaims => ({
  aud: 'tenant',
  tid: newId() as TenantId,
  sub: newId(),
  sid,
  gen: 1,
  tgn: 1,
  exp: 1,
})
const tokens = Array.from({ length: 30 }, (_, i) => claimsOf(`session ${i}`))

const usual = fc.record({
  n: fc.nat(),
  requestId: fc.uuid(),
  clientAddress: fc.constantFrom('192.0.2.1', '2001:db8::1'),
  query: fc.constantFrom<Item['query']>({}, { version: 1 }, { tag: 'ä', deleted: true }),
  headers: fc.constantFrom<Item['headers']>({}, { ifMatch: '"1"' }),
  fault: fc.constantFrom<Item['fault']>(null, { code: 'validation_failed', violations: [] }),
  body: fc.option(fc.uint8Array({ maxLength: 8 })),
})
const asked = fc.oneof(
  fc.record({
    operation: fc.constant('readSecret'),
    path: fc.constantFrom<Item['path']>({}, { entryId: newId() }, { entryId: '' }),
  }),
  fc.record({ operation: fc.constantFrom('getTenant', 'readSecrets'), path: fc.constant({}) }),
  fc.record({ operation: fc.constant(''), path: fc.constant({}), attempted: fc.constant('a') }),
)
const who = fc.oneof(
  fc.constantFrom(...tokens).map((claims) => ({ claims, tenant: claims.tid })),
  fc.constantFrom(null, newId() as TenantId).map((tenant) => ({ claims: null, tenant })),
)
const item: fc.Arbitrary<Item> = fc
  .tuple(usual, asked, who)
  .map(([one, operation, caller]) => ({ ...one, ...operation, ...caller }))

const { port1, port2 } = new MessageChannel()
t.teardown(() => port1.close())

/** As the thread gets it. */
const crossed = (batch: Batch): Batch => {
  port1.postMessage(batch)
  return receiveMessageOnPort(port2)!.message as Batch
}

t.test('what went in, batch after batch', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.array(item, { maxLength: 8 }), { maxLength: 8 }), (batches) => {
      const [packer, unpacker] = [new BatchPacker(8), new BatchUnpacker()]
      for (const items of batches) t.same(unpacker.unpack(crossed(packer.pack(items))), items)
    }),
    { numRuns: 100 },
  )
})

const itemOf = (claims: AccessClaims): Item => ({
  n: 1,
  operation: 'getTenant',
  claims,
  tenant: claims.tid,
  path: {},
  query: {},
  headers: {},
  body: null,
  fault: null,
  requestId: newId(),
  clientAddress: '192.0.2.1',
})

t.test('claims cross once, and again when they had to be forgotten', async (t) => {
  const packer = new BatchPacker(3)
  const told = (...claims: AccessClaims[]): number => packer.pack(claims.map(itemOf)).claims.length
  const [a, b, c, d] = tokens as [AccessClaims, AccessClaims, AccessClaims, AccessClaims]
  t.equal(told(a, b, a), 2)
  t.equal(told(a, b), 0)
  t.equal(told(c, d), 2)
  t.equal(told(a), 1)
  t.equal(told(a), 0)
})

t.test('numbers are not used again, and what was forgotten is unknown', async (t) => {
  const [packer, unpacker] = [new BatchPacker(1), new BatchUnpacker()]
  const [a, b] = tokens as [AccessClaims, AccessClaims]
  const first = packer.pack([itemOf(a)])
  const second = packer.pack([itemOf(b)])
  t.not(first.claims[0]![0], second.claims[0]![0])
  unpacker.unpack(first)
  unpacker.unpack(second)
  t.throws(() => unpacker.unpack({ ...first, claims: [] }), RangeError)
  t.match(unpacker.unpack({ ...second, claims: [] }), [{ claims: b }])
})

t.test('what no packer packs', async (t) => {
  const { cells, ...rest } = new BatchPacker().pack([itemOf(tokens[0]!)])
  const unpack = (changed: Batch['cells']) =>
    new BatchUnpacker().unpack({ ...rest, cells: changed })
  t.throws(() => unpack(cells.slice(1)), RangeError)
  t.throws(() => unpack([...cells, 1]), RangeError)
  t.throws(() => unpack(cells.with(2, 99)), RangeError, 'claims that nobody told of')
  t.throws(() => unpack(cells.with(5, 'x')), RangeError, 'a parameter where there is none')
})
