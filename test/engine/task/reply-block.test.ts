// Answers come out of a block as they went in; what is cut, stretched or made up is none.
import fc from 'fast-check'
import t from 'tap'
import { type BlockReply, BlockReader, writeBlock } from '../../../engine/task/reply-block.js'

const name = fc.stringMatching(/^[a-z][a-z-]{0,20}$/)
const value = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !/[\r\n\0]/.test(text))
const reply: fc.Arbitrary<BlockReply> = fc.record({
  n: fc.integer({ min: 0, max: 0xffff_ffff }),
  status: fc.integer({ min: 200, max: 599 }),
  headers: fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true }),
  body: fc.option(fc.string({ unit: 'binary' })),
})
const replies = fc.array(reply, { maxLength: 20 })

const read = (block: Uint8Array, reader = new BlockReader()) =>
  reader.read(block).map(({ n, status, headers, body }) => ({
    n,
    status,
    headers: { ...headers },
    body: body && Buffer.from(body).toString(),
  }))

const written = (all: readonly BlockReply[]) =>
  all.map((one) => ({ ...one, body: one.body || null }))

t.test('what went in, by one reader and by many', async (t) => {
  const reader = new BlockReader()
  fc.assert(
    fc.property(replies, (all) => {
      t.same(read(writeBlock(all)), written(all))
      t.same(read(writeBlock(all), reader), written(all))
    }),
    { numRuns: 200 },
  )
})

t.test('more texts of headers than are remembered', async (t) => {
  const reader = new BlockReader()
  for (let n = 0; n < 2_000; n++) {
    const one = { n, status: 200, headers: { etag: `"${n}"` }, body: '{}' }
    t.same(read(writeBlock([one]), reader), [one])
  }
})

t.test('a header that could be taken for another one is left out', async (t) => {
  const headers = { a: 'b\0set-cookie\0c', d: 'e' }
  t.same(read(writeBlock([{ n: 1, status: 200, headers, body: null }])), [
    { n: 1, status: 200, headers: { d: 'e' }, body: null },
  ])
})

t.test('cut or stretched: none', async (t) => {
  fc.assert(
    fc.property(fc.array(reply, { minLength: 1, maxLength: 8 }), fc.nat(), (all, seed) => {
      const block = writeBlock(all)
      t.throws(() => read(block.slice(0, seed % block.length)), RangeError)
      t.throws(() => read(Buffer.concat([block, Buffer.alloc(1 + (seed % 9))])), RangeError)
    }),
    { numRuns: 100 },
  )
})

t.test('any bytes: none, or answers within them', async () => {
  const word = fc.oneof(fc.nat(3), fc.nat(64), fc.integer({ min: 0, max: 0xffff_ffff }))
  fc.assert(
    fc.property(fc.array(word, { maxLength: 24 }), (words) => {
      const block = new Uint8Array(Uint32Array.from(words).buffer)
      try {
        const bodies = new BlockReader().read(block).map(({ body }) => body?.length ?? 0)
        return bodies.reduce((sum, length) => sum + length, 0) <= block.length
      } catch (error) {
        return error instanceof RangeError
      }
    }),
    { numRuns: 2_000 },
  )
})
