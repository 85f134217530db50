// The C2SP accumulated test: inputs from one SHAKE128 stream, all outputs of an AEAD into another.
import { shake128 } from '@noble/hashes/sha3.js'
import type { OpenSuite } from '../../engine/worker/cipher/suite.js'
import { openWith, sealWith } from './suite.js'

export interface Accumulated {
  readonly iterations: number
  readonly hash: string
}

/** Throws when something does not open again as it was. */
export const accumulate = (open: OpenSuite, iterations: number): string => {
  const source = shake128.create({})
  const sink = shake128.create({ dkLen: 32 })
  const draw = (length: number): Buffer => Buffer.from(source.xof(length))
  for (let i = 0; i < iterations; i++) {
    const key = draw(32)
    const nonce = draw(24)
    const plaintext = draw(draw(1)[0] as number)
    const data = draw(draw(1)[0] as number)
    const sealed = sealWith(open, key, nonce, plaintext, data)
    sink.update(sealed)
    if (!openWith(open, key, nonce, sealed, data).equals(plaintext))
      throw new Error('opens to something else')
  }
  return Buffer.from(sink.digest()).toString('hex')
}
