// Where the sealing subkeys of one keyring lie (FORMATS §2): in one piece, filled first and then only read. Views of it
// are handed to the keyring's own ciphers and to nobody else: never cloned, transferred or kept beyond wipe().
export const slotBytes = 32

export interface KeyMemory {
  /** The next 32 bytes, to be filled before protect(). Throws a RangeError when there are none left. */
  take(): Buffer
  /** From now on the system ends the process at a write, where it can. */
  protect(): void
  /** Zeroes all of it and gives it back. More than once is no error. */
  wipe(): void
}

/** Slots of one piece of memory, one after the other. */
export class Slots {
  #next = 0

  constructor(private readonly bytes: Buffer) {}

  take(): Buffer {
    const start = this.#next
    if (start + slotBytes > this.bytes.length) throw new RangeError('no room for another key')
    this.#next += slotBytes
    return this.bytes.subarray(start, this.#next)
  }
}
