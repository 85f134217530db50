// What every cipher suite promises. Each suite's own test calls it and adds its published vectors.
import fc from 'fast-check'
import t from 'tap'
import { keyBytes, nonceBytes, type OpenSuite, tagBytes } from '../../engine/worker/cipher/suite.js'

const bytes = (length: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array))
const text = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
const inputs = [bytes(keyBytes), bytes(nonceBytes), text, text] as const

export const sealWith = (
  open: OpenSuite,
  key: Buffer,
  nonce: Buffer,
  plaintext: Buffer,
  associatedData: Buffer,
): Buffer => {
  const into = Buffer.alloc(plaintext.length + tagBytes)
  open(key).seal(nonce, plaintext, associatedData, into)
  return into
}

export const openWith = (
  open: OpenSuite,
  key: Buffer,
  nonce: Buffer,
  sealed: Buffer,
  associatedData: Buffer,
): Buffer => {
  const into = Buffer.alloc(Math.max(0, sealed.length - tagBytes))
  open(key).open(nonce, sealed, associatedData, into)
  return into
}

export const suiteConformance = (open: OpenSuite): void => {
  const key = Buffer.alloc(keyBytes, 1)
  const nonce = Buffer.alloc(nonceBytes, 2)
  const plaintext = Buffer.from('a secret of some length')
  const associatedData = Buffer.from('where it belongs')
  const sealed = sealWith(open, key, nonce, plaintext, associatedData)

  t.test('opens what it sealed', async () => {
    fc.assert(
      fc.property(...inputs, (anyKey, anyNonce, anyText, anyData) => {
        const into = sealWith(open, anyKey, anyNonce, anyText, anyData)
        return openWith(open, anyKey, anyNonce, into, anyData).equals(anyText)
      }),
      { numRuns: 60 },
    )
  })

  t.test('one changed bit anywhere fails', async (t) => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
      t.throws(() => openWith(open, key, nonce, changed, associatedData))
    }
  })

  t.test('another key, nonce or associated data fails', async (t) => {
    t.throws(() => openWith(open, Buffer.alloc(keyBytes, 9), nonce, sealed, associatedData))
    t.throws(() => openWith(open, key, nonce, sealed, Buffer.from('where it belongS')))
    t.throws(() => openWith(open, key, nonce, sealed, Buffer.alloc(0)))
    for (let i = 0; i < nonceBytes; i++) {
      const changed = Buffer.from(nonce)
      changed[i] = 3
      t.throws(() => openWith(open, key, changed, sealed, associatedData), `nonce byte ${i}`)
    }
  })

  t.test('a tag of any other length than 16 fails', async (t) => {
    for (let tag = 0; tag < tagBytes; tag++) {
      const short = sealed.subarray(0, plaintext.length + tag)
      t.throws(() => openWith(open, key, nonce, short, associatedData), `${tag} bytes`)
    }
    t.throws(() => openWith(open, key, nonce, Buffer.concat([sealed, sealed]), associatedData))
    t.throws(() => openWith(open, key, nonce, Buffer.alloc(0), associatedData))
  })

  t.test('keys, nonces and targets of a wrong length are refused', async (t) => {
    for (const length of [0, 16, 31, 33]) t.throws(() => open(Buffer.alloc(length)))
    const target = Buffer.alloc(plaintext.length + tagBytes)
    for (const length of [0, 12, 23, 25])
      t.throws(() => open(key).seal(Buffer.alloc(length), plaintext, associatedData, target))
    for (const length of [0, plaintext.length, target.length + 1])
      t.throws(() => open(key).seal(nonce, plaintext, associatedData, Buffer.alloc(length)))
  })

  t.test('a failed open does not disturb the next', async (t) => {
    const aead = open(key)
    const into = Buffer.alloc(plaintext.length)
    t.throws(() => aead.open(nonce, Buffer.alloc(sealed.length), associatedData, into))
    aead.open(nonce, sealed, associatedData, into)
    t.same(into, plaintext)
  })

  t.test('a failed open leaves nothing of the plaintext', async (t) => {
    const into = Buffer.alloc(plaintext.length, 0x2a)
    const changed = Buffer.from(sealed)
    changed[changed.length - 1] = (changed[changed.length - 1] as number) ^ 1
    t.throws(() => open(key).open(nonce, changed, associatedData, into))
    t.ok(into.equals(Buffer.alloc(into.length)) || into.equals(Buffer.alloc(into.length, 0x2a)))
  })

  t.test('both write into any place of a larger memory, and beside it nothing', async (t) => {
    const memory = Buffer.alloc(256, 0x2a)
    const [one, other] = [memory.subarray(7, 7 + sealed.length), memory.subarray(101)]
    open(key).seal(nonce, plaintext, associatedData, one)
    open(key).open(nonce, one, associatedData, other.subarray(0, plaintext.length))
    t.same(one, sealed)
    t.same(other.subarray(0, plaintext.length), plaintext)
    t.same(memory.subarray(0, 7), Buffer.alloc(7, 0x2a))
    t.same(memory.subarray(7 + sealed.length, 101), Buffer.alloc(94 - sealed.length, 0x2a))
    t.same(other.subarray(plaintext.length), Buffer.alloc(155 - plaintext.length, 0x2a))
  })

  t.test('a plaintext of a wrong length is refused', async (t) => {
    for (const length of [0, plaintext.length - 1, plaintext.length + 1, sealed.length])
      t.throws(() => open(key).open(nonce, sealed, associatedData, Buffer.alloc(length)))
  })
}
