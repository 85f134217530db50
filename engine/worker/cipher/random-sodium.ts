// Randomness by libsodium: getrandom(2) at each call, and nothing kept.
import type { Sodium } from '../../native/sodium.js'
import type { Draw } from './random-source.js'

export const sodiumRandom =
  ({ randombytes_buf: fill }: Sodium): Draw =>
  (target, offset, length) =>
    fill(target.buffer as ArrayBuffer, target.byteOffset + offset, length)
