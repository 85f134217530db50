// Randomness by node:crypto, through a pool. Consumed bytes are zeroed, so that nothing in memory tells a nonce before it
// is used or repeats one after.
import { randomFillSync } from 'node:crypto'
import { type Draw, mostBytes } from './random-source.js'

export const pooledRandom = (): Draw => {
  const pool = Buffer.alloc(mostBytes)
  let next = mostBytes
  // The pool is marked empty until it is full again: a failing generator must never leave zeros to be handed out.
  const refill = (): void => {
    next = mostBytes
    randomFillSync(pool)
    next = 0
  }
  return (target, offset, length) => {
    if (next + length > mostBytes) refill()
    pool.copy(target, offset, next, next + length)
    pool.fill(0, next, next + length)
    next += length
  }
}
