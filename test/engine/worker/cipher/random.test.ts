import t from 'tap'
import { drawNonce, randomBytes } from '../../../../engine/worker/cipher/random.js'

t.test('random bytes lie in memory of their own', async (t) => {
  for (const length of [1, 32, 64, 8192]) {
    const bytes = randomBytes(length)
    t.equal(bytes.length, length)
    t.equal(bytes.buffer.byteLength, length)
  }
  t.notSame(randomBytes(32), randomBytes(32))
})

t.test('refuses more than 4096 bytes and what the target does not hold', async (t) => {
  const target = Buffer.alloc(24)
  t.throws(() => drawNonce(Buffer.alloc(8192), 0, 4097), RangeError)
  for (const [offset, length] of [
    [1, 24],
    [-1, 8],
    [25, 0],
    [0, -1],
    [Number.NaN, 8],
    [0, Number.NaN],
  ] as const)
    t.throws(() => drawNonce(target, offset, length), RangeError, `${offset}, ${length}`)
  t.same(target, Buffer.alloc(24))
})

t.test('fills what it is asked to', async (t) => {
  const target = Buffer.alloc(40)
  drawNonce(target, 8, 24)
  t.notSame(target.subarray(8, 32), Buffer.alloc(24))
  t.same(target.subarray(32), Buffer.alloc(8))
})
