/** Writes a u64, big-endian. Throws a RangeError for what is no whole number that JavaScript holds exactly. */
export const writeWhole = (target: Buffer, offset: number, value: number): void => {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('not a whole number')
  target.writeUInt32BE(Math.floor(value / 0x1_0000_0000), offset)
  target.writeUInt32BE(value % 0x1_0000_0000, offset + 4)
}
