// Plaintext of a sealed record (FORMATS §1): `u32 length | bytes | zeros`, so that a record's length tells little of its
// content's. A multiple of 64 up to 1 KiB; above it PADMÉ (Nikitin et al., PETS 2019), which adds at most 12 %. Blocks of
// audit events have steps of their own.

const step = 64
const stepsUpTo = 1024
const prefixBytes = 4

/** Length of the padded plaintext for content of `length` bytes; `paddedTo`: a multiple of it, whatever the length. */
export const paddedLength = (length: number, paddedTo?: number): number => {
  const bytes = prefixBytes + length
  if (paddedTo !== undefined) return Math.ceil(bytes / paddedTo) * paddedTo
  return bytes <= stepsUpTo ? Math.ceil(bytes / step) * step : padme(bytes)
}

const padme = (bytes: number): number => {
  const exponent = Math.floor(Math.log2(bytes))
  const granule = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1))
  return Math.ceil(bytes / granule) * granule
}

/** Writes the prefix and the zeros around content that is already at target[4…]. */
export const frame = (target: Buffer, length: number): void => {
  target.writeUInt32BE(length, 0)
  target.fill(0, prefixBytes + length)
}

/** The content's bytes, a view into `padded`. Throws a RangeError when they are not framed exactly as `frame` does. */
export const unframe = (padded: Buffer, paddedTo?: number): Buffer => {
  const length = padded.length < prefixBytes ? -1 : padded.readUInt32BE(0)
  if (length < 0 || paddedLength(length, paddedTo) !== padded.length)
    throw new RangeError('wrong padding')
  for (let i = prefixBytes + length; i < padded.length; i++)
    if (padded[i] !== 0) throw new RangeError('wrong padding')
  return padded.subarray(prefixBytes, prefixBytes + length)
}
