// The one file that draws randomness for keys, secrets, salts and nonces (ids: engine/ids.ts). libsodium's comes from the
// kernel at each call, so that a cloned virtual machine repeats nothing; without it nonces and salts come from a small
// pool of this thread, because a call of node:crypto costs more than the seal it serves.
import { randomFillSync } from 'node:crypto'
import { loadSodium } from '../../native/sodium.js'
import { pooledRandom } from './random-pool.js'
import { type Draw, requireRoom } from './random-source.js'
import { sodiumRandom } from './random-sodium.js'

const sodium = loadSodium()
const draw: Draw = sodium === null ? pooledRandom() : sodiumRandom(sodium)
const fill: Draw = sodium === null ? randomFillSync : draw

/** `length` random bytes in a Buffer of their own, fit for keys: never a slice of the shared pool. */
export const randomBytes = (length: number): Buffer => {
  const bytes = Buffer.allocUnsafeSlow(length)
  fill(bytes, 0, length)
  return bytes
}

/** Fills target[offset, offset + length) with random bytes that were never given out before. At most 4096. */
export const drawNonce: Draw = (target, offset, length) => {
  requireRoom(target, offset, length)
  draw(target, offset, length)
}
