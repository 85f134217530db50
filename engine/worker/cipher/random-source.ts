// What a source of randomness is. Implementations pass test/suites/random-source.ts.

/** Fills target[offset, offset + length). What is outside the target has been refused before (requireRoom). */
export type Draw = (target: Uint8Array, offset: number, length: number) => void

/** Of one draw. */
export const mostBytes = 4096

/** Throws a RangeError: native code would write beyond the target. */
export const requireRoom: Draw = (target, offset, length) => {
  const fits = offset >= 0 && length >= 0 && offset + length <= target.length
  if (!fits || length > mostBytes) throw new RangeError('nonce out of range')
}
