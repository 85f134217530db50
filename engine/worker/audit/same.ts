import { timingSafeEqual } from 'node:crypto'

/** In constant time: a MAC must not be found byte by byte. */
export const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && timingSafeEqual(a, b)
