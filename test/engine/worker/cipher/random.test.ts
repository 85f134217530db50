import t from 'tap'
import { drawNonce, randomBytes } from '../../../../engine/worker/cipher/random.js'

t.test('random bytes lie in memory of their own', async (t) => {
  for (const length of [1, 32, 64]) {
    const bytes = randomBytes(length)
    t.equal(bytes.length, length)
    t.equal(bytes.buffer.byteLength, length)
  }
  t.notSame(randomBytes(32), randomBytes(32))
})

t.test('no nonce is given out twice, over many refills of the pool', async (t) => {
  const seen = new Set<string>()
  const nonce = Buffer.alloc(24)
  for (let i = 0; i < 20_000; i++) {
    drawNonce(nonce, 0, 24)
    seen.add(nonce.toString('hex'))
  }
  t.equal(seen.size, 20_000)
})

t.test('writes nothing beside its place', async (t) => {
  const target = Buffer.alloc(40)
  for (let i = 0; i < 500; i++) drawNonce(target, 8, 24)
  t.same(target.subarray(0, 8), Buffer.alloc(8))
  t.same(target.subarray(32), Buffer.alloc(8))
  t.notSame(target.subarray(8, 32), Buffer.alloc(24))
})

t.test('refuses more than the pool or the target holds', async (t) => {
  t.throws(() => drawNonce(Buffer.alloc(8192), 0, 4097), RangeError)
  t.throws(() => drawNonce(Buffer.alloc(24), 1, 24), RangeError)
})
