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

export const suiteConformance = (open: OpenSuite): void => {
  const key = Buffer.alloc(keyBytes, 1)
  const nonce = Buffer.alloc(nonceBytes, 2)
  const plaintext = Buffer.from('a secret of some length')
  const associatedData = Buffer.from('where it belongs')
  const sealed = sealWith(open, key, nonce, plaintext, associatedData)

  t.test('opens what it sealed', async () => {
    fc.assert(
      fc.property(...inputs, (anyKey, anyNonce, anyText, anyData) => {
        const aead = open(anyKey)
        const into = Buffer.alloc(anyText.length + tagBytes)
        aead.seal(anyNonce, anyText, anyData, into)
        return aead.open(anyNonce, into, anyData).equals(anyText)
      }),
      { numRuns: 60 },
    )
  })

  t.test('one changed bit anywhere fails', async (t) => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
      t.throws(() => open(key).open(nonce, changed, associatedData))
    }
  })

  t.test('another key, nonce or associated data fails', async (t) => {
    t.throws(() => open(Buffer.alloc(keyBytes, 9)).open(nonce, sealed, associatedData))
    t.throws(() => open(key).open(nonce, sealed, Buffer.from('where it belongS')))
    t.throws(() => open(key).open(nonce, sealed, Buffer.alloc(0)))
    for (let i = 0; i < nonceBytes; i++) {
      const changed = Buffer.from(nonce)
      changed[i] = 3
      t.throws(() => open(key).open(changed, sealed, associatedData), `nonce byte ${i}`)
    }
  })

  t.test('a tag of any other length than 16 fails', async (t) => {
    for (let tag = 0; tag < tagBytes; tag++) {
      const short = sealed.subarray(0, plaintext.length + tag)
      t.throws(() => open(key).open(nonce, short, associatedData), `${tag} bytes`)
    }
    t.throws(() => open(key).open(nonce, Buffer.concat([sealed, sealed]), associatedData))
    t.throws(() => open(key).open(nonce, Buffer.alloc(0), associatedData))
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
    t.throws(() => aead.open(nonce, Buffer.alloc(64), associatedData))
    t.same(aead.open(nonce, sealed, associatedData), plaintext)
  })
}
