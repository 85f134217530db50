// What every build of XChaCha20-Poly1305 gives, byte for byte: the draft's vector and Wycheproof's, and hashes of another
// implementation's output, also at the lengths of records.
import { createHash } from 'node:crypto'
import { shake128 } from '@noble/hashes/sha3.js'
import t from 'tap'
import type { OpenSuite } from '../../engine/worker/cipher/suite.js'
import { hex, readVectors } from '../vectors/read.js'
import { type Accumulated, accumulate } from './accumulated.js'
import { openWith, sealWith, suiteConformance } from './suite.js'

interface Vector {
  readonly key: string
  readonly nonce: string
  readonly plaintext: string
  readonly associatedData: string
  readonly sealed: string
}

interface Length {
  readonly length: number
  readonly key: string
  readonly nonce: string
  readonly associatedData: string
  readonly sealedSha256: string
}

const plaintextOf = (length: number): Buffer =>
  Buffer.from(shake128(Buffer.from(`p${length}`), { dkLen: length }))

export const xchacha20Poly1305Conformance = (open: OpenSuite, iterations: number): void => {
  suiteConformance(open)

  t.test("matches the draft's vector and Wycheproof's", async (t) => {
    for (const each of readVectors<{ vectors: Vector[] }>('xchacha20-poly1305').vectors) {
      const [key, nonce, data] = [hex(each.key), hex(each.nonce), hex(each.associatedData)]
      t.equal(sealWith(open, key, nonce, hex(each.plaintext), data).toString('hex'), each.sealed)
      t.equal(openWith(open, key, nonce, hex(each.sealed), data).toString('hex'), each.plaintext)
    }
  })

  const { accumulated, lengths } = readVectors<{ accumulated: Accumulated[]; lengths: Length[] }>(
    'xchacha20-poly1305-accumulated',
  )

  t.test('seals records of every length as another implementation does', async (t) => {
    for (const { length, key, nonce, associatedData, sealedSha256 } of lengths) {
      const plaintext = plaintextOf(length)
      const place = [hex(key), hex(nonce)] as const
      const sealed = sealWith(open, ...place, plaintext, hex(associatedData))
      t.equal(createHash('sha256').update(sealed).digest('hex'), sealedSha256, `${length} bytes`)
      t.same(openWith(open, ...place, sealed, hex(associatedData)), plaintext)
    }
  })

  t.test(`matches its accumulated hash of ${iterations} iterations`, async (t) => {
    const wanted = accumulated.find((each) => each.iterations === iterations)
    t.ok(wanted)
    t.equal(accumulate(open, iterations), wanted?.hash)
  })
}
