// The one file that draws randomness for keys, secrets, salts and nonces (ids: engine/ids.ts). Nonces come from a small
// pool of this thread, because one call of the system's generator costs more than the seal it serves. Consumed bytes
// are zeroed, so that nothing in memory tells a nonce before it is used or repeats one after.
import { randomFillSync } from 'node:crypto'

const poolBytes = 4096
const pool = Buffer.alloc(poolBytes)
let next = poolBytes

/** `length` random bytes in a Buffer of their own, fit for keys: never a slice of the shared pool. */
export const randomBytes = (length: number): Buffer =>
  randomFillSync(Buffer.allocUnsafeSlow(length))

/** Fills target[offset, offset + length) with random bytes that were never given out before. At most 4096. */
export const drawNonce = (target: Uint8Array, offset: number, length: number): void => {
  if (length > poolBytes || offset + length > target.length)
    throw new RangeError('nonce out of range')
  if (next + length > poolBytes) refill()
  pool.copy(target, offset, next, next + length)
  pool.fill(0, next, next + length)
  next += length
}

// The pool is marked empty until it is full again: a failing generator must never leave zeros to be handed out.
const refill = (): void => {
  next = poolBytes
  randomFillSync(pool)
  next = 0
}
