// The cipher suites in their three builds: libsodium and @noble/ciphers of XChaCha20-Poly1305, node:crypto of XAES-256-GCM;
// and a nonce of each source. Plaintexts lie in memory that is used again, as the engine's records do.
import { randomFillSync } from 'node:crypto'
import { loadSodium, type Sodium } from '../../engine/native/sodium.js'
import { pooledRandom } from '../../engine/worker/cipher/random-pool.js'
import { sodiumRandom } from '../../engine/worker/cipher/random-sodium.js'
import type { Draw } from '../../engine/worker/cipher/random-source.js'
import { type OpenSuite, nonceBytes, tagBytes } from '../../engine/worker/cipher/suite.js'
import { xaes256gcm } from '../../engine/worker/cipher/xaes-256-gcm.js'
import { nobleXChaCha20Poly1305 } from '../../engine/worker/cipher/xchacha20-poly1305-noble.js'
import { sodiumXChaCha20Poly1305 } from '../../engine/worker/cipher/xchacha20-poly1305-sodium.js'
import type { Layer, Operation } from './layer.js'

const sizes = [64, 256, 8192]
const key = randomFillSync(Buffer.alloc(32))
const nonce = randomFillSync(Buffer.alloc(nonceBytes))
const associatedData = randomFillSync(Buffer.alloc(70))

const sealed = (open: OpenSuite, plaintext: Buffer): Buffer => {
  const into = Buffer.alloc(plaintext.length + tagBytes)
  open(key).seal(nonce, plaintext, associatedData, into)
  return into
}

const ofSize = (build: string, open: OpenSuite, size: number): Operation[] => {
  const plaintext = randomFillSync(Buffer.alloc(size))
  const aead = open(key)
  const record = sealed(open, plaintext)
  const [into, opened] = [Buffer.alloc(record.length), Buffer.alloc(size)]
  aead.open(nonce, record, associatedData, opened)
  if (!opened.equals(plaintext)) throw new Error(`${build} does not open what it seals`)
  return [
    {
      id: `${build}/seal/${size}`,
      work: () => aead.seal(nonce, plaintext, associatedData, into),
    },
    {
      id: `${build}/open/${size}`,
      work: () => aead.open(nonce, record, associatedData, opened),
    },
  ]
}

const drawing = (build: string, draw: Draw): Operation => {
  const target = Buffer.alloc(nonceBytes)
  return { id: `${build}/nonce/${nonceBytes}`, work: () => draw(target, 0, nonceBytes) }
}

const requireAlike = (one: OpenSuite, other: OpenSuite): void => {
  for (const size of sizes) {
    const plaintext = randomFillSync(Buffer.alloc(size))
    if (!sealed(one, plaintext).equals(sealed(other, plaintext)))
      throw new Error('libsodium and @noble/ciphers seal differently')
  }
}

const requireSodium = (): Sodium => {
  const sodium = loadSodium()
  if (sodium === null) throw new Error('libsodium does not load here')
  return sodium
}

export const suites: Layer = {
  name: 'suites',
  operations() {
    const sodium = requireSodium()
    const builds = {
      sodium: sodiumXChaCha20Poly1305(sodium),
      noble: nobleXChaCha20Poly1305,
      node: xaes256gcm,
    }
    requireAlike(builds.sodium, builds.noble)
    return [
      ...sizes.flatMap((size) =>
        Object.entries(builds).flatMap(([build, open]) => ofSize(build, open, size)),
      ),
      drawing('sodium', sodiumRandom(sodium)),
      drawing('pool', pooledRandom()),
    ]
  },
}
