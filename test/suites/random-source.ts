// What every source of randomness promises.
import t from 'tap'
import type { Draw } from '../../engine/worker/cipher/random-source.js'

export const randomSourceConformance = (draw: Draw): void => {
  t.test('no nonce is given out twice, over many refills of a pool', async (t) => {
    const seen = new Set<string>()
    const nonce = Buffer.alloc(24)
    for (let i = 0; i < 20_000; i++) {
      draw(nonce, 0, 24)
      seen.add(nonce.toString('hex'))
    }
    t.equal(seen.size, 20_000)
  })

  t.test('writes its place, every byte of it, and nothing beside it', async (t) => {
    const memory = Buffer.alloc(64)
    const target = memory.subarray(8, 56)
    const written = Buffer.alloc(24)
    for (let i = 0; i < 500; i++) {
      draw(target, 8, 24)
      for (let at = 0; at < 24; at++) written[at]! |= target[8 + at]!
    }
    t.same(memory.subarray(0, 16), Buffer.alloc(16))
    t.same(memory.subarray(40), Buffer.alloc(24))
    t.ok(written.every((byte) => byte === 0xff))
  })

  t.test('its bits are ones and zeros alike', async (t) => {
    const bytes = Buffer.alloc(4096)
    draw(bytes, 0, 4096)
    const ones = bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)
    // 32,768 bits, half of them: 8 standard deviations of 90 on either side.
    t.ok(Math.abs(ones - 16_384) < 8 * 91, `${ones} ones`)
  })
}
