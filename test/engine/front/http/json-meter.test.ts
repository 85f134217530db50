// The measure of JSON is that of its structure, however the bytes are cut into pieces and whatever stands in its texts.
import fc from 'fast-check'
import t from 'tap'
import { JsonMeter } from '../../../../engine/front/http/json-meter.js'

const none = { depth: Infinity, tokens: Infinity }

const measured = (...pieces: readonly Uint8Array[]): [depth: number, tokens: number] => {
  const meter = new JsonMeter()
  for (const piece of pieces) meter.take(piece, none)
  return [meter.depth, meter.tokens]
}

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
    : 0

const tokensOf = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  const inner = Object.values(value)
  const own = Math.max(0, inner.length - 1) + (Array.isArray(value) ? 0 : inner.length)
  return inner.reduce<number>((sum, one) => sum + tokensOf(one), 1 + own)
}

t.test('any JSON, cut anywhere', async () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.array(fc.nat(400), { maxLength: 6 }), (text, cuts) => {
      const bytes = Buffer.from(text)
      const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length]
      at.sort((a, b) => a - b)
      const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
      const value: unknown = JSON.parse(text)
      const [depth, tokens] = measured(...pieces)
      return depth === depthOf(value) && tokens === tokensOf(value)
    }),
  )
})

t.test('long texts of quotes and backslashes, cut anywhere', async () => {
  const text = fc.string({ unit: fc.constantFrom('"', '\\', 'x', '['), maxLength: 600 })
  fc.assert(
    fc.property(text, fc.array(fc.nat(1_500), { maxLength: 4 }), (inner, cuts) => {
      const bytes = Buffer.from(JSON.stringify([inner, 'x'.repeat(200), inner, [0]]))
      const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length]
      at.sort((a, b) => a - b)
      const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
      const [depth, tokens] = measured(...pieces)
      return depth === 2 && tokens === 5
    }),
    { numRuns: 1_000 },
  )
  measured(Buffer.from(`"${'\\'.repeat(1_000_000)}"`))
})

t.test('what looks like structure inside a text is none', async (t) => {
  for (const text of ['"[{,:"', '"\\""', '"\\\\"', '"\\\\\\"["', '"\\u005b["'])
    t.same(measured(Buffer.from(text)), [0, 0], text)
  t.same(measured(...[...'["\\"[,",1]'].map((c) => Buffer.from(c))), [1, 2])
})

t.test('any bytes get some measure', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const [depth, tokens] = measured(bytes)
      return depth >= 0 && tokens >= depth && tokens <= bytes.length
    }),
  )
})

t.test('nobody looks further than to a limit', async (t) => {
  const meter = new JsonMeter()
  meter.take(Buffer.alloc(1_000, '['), { depth: 3, tokens: Infinity })
  t.equal(meter.depth, 4)
})
