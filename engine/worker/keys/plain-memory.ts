// Key memory in a plain buffer: where libsodium does not load, or its memory is all taken.
import { type KeyMemory, Slots, slotBytes } from './key-memory.js'

export const plainMemory = (keys: number): KeyMemory => {
  const bytes = Buffer.alloc(keys * slotBytes)
  const slots = new Slots(bytes)
  return {
    take: () => slots.take(),
    protect: () => undefined,
    wipe: () => void bytes.fill(0),
  }
}
