// The C2SP accumulated test: inputs from one SHAKE128 stream, all outputs into another. Its million takes half a minute and
// belongs to no test run; `XAES_ITERATIONS` of the same file gives it.
import { shake128 } from '@noble/hashes/sha3.js'
import t from 'tap'
import { xaes256gcm } from '../../../../engine/worker/cipher/xaes-256-gcm.js'
import { sealWith } from '../../../suites/suite.js'
import { readVectors } from '../../../vectors/read.js'

interface Accumulated {
  readonly iterations: number
  readonly hash: string
}

const accumulate = (iterations: number): string => {
  const source = shake128.create({})
  const sink = shake128.create({ dkLen: 32 })
  const draw = (length: number): Buffer => Buffer.from(source.xof(length))
  for (let i = 0; i < iterations; i++) {
    const key = draw(32)
    const nonce = draw(24)
    const plaintext = draw(draw(1)[0] as number)
    const data = draw(draw(1)[0] as number)
    const sealed = sealWith(xaes256gcm, key, nonce, plaintext, data)
    sink.update(sealed)
    if (!xaes256gcm(key).open(nonce, sealed, data).equals(plaintext)) return 'does not open'
  }
  return Buffer.from(sink.digest()).toString('hex')
}

const wanted = Number(process.env['XAES_ITERATIONS'] ?? 10_000)
const { accumulated } = readVectors<{ accumulated: Accumulated[] }>('xaes-256-gcm')

t.test(`matches the accumulated hash of ${wanted} iterations`, async (t) => {
  const published = accumulated.find(({ iterations }) => iterations === wanted)
  t.ok(published)
  t.equal(accumulate(wanted), published?.hash)
})
