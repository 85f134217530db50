import fc from 'fast-check'
import t from 'tap'
import { frame, paddedLength, unframe } from '../../../../engine/worker/cipher/padding.js'
import { readVectors } from '../../../vectors/read.js'
import { pad } from './reference.js'

t.test('lengths are the frozen ones', async (t) => {
  for (const { length, padded } of readVectors<{ length: number; padded: number }[]>('padding'))
    t.equal(paddedLength(length), padded, `${length}`)
})

t.test('a multiple of 64, hardly longer, and never shorter for more', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_000_000 }), (length) => {
      const padded = paddedLength(length)
      const least = length + 4
      return (
        padded % 64 === 0 &&
        padded >= least &&
        padded < (least <= 1024 ? least + 64 : least * 1.12) &&
        paddedLength(length + 1) >= padded
      )
    }),
  )
})

t.test('frames as the reference does, and back', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (content) => {
      const target = Buffer.alloc(paddedLength(content.length), 0xff)
      target.set(content, 4)
      frame(target, content.length)
      return target.equals(pad(content)) && unframe(target).equals(content)
    }),
  )
})

t.test('refuses any other framing', async (t) => {
  const framed = pad(Buffer.from('content'))
  const withLength = (length: number): Buffer => {
    const changed = Buffer.from(framed)
    changed.writeUInt32BE(length)
    return changed
  }
  for (const length of [6, 61, 0xffffffff]) t.throws(() => unframe(withLength(length)), `${length}`)
  t.throws(() => unframe(Buffer.concat([framed, Buffer.alloc(64)])), 'longer than it should be')
  const dirty = Buffer.from(framed)
  dirty[63] = 1
  t.throws(() => unframe(dirty), 'padding that is not zero')
  for (const length of [0, 1, 3, 4]) t.throws(() => unframe(Buffer.alloc(length)), `${length}`)
})
