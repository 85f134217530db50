// Key memory of libsodium's: pages of its own between guard pages, locked where the system lets it, left out of core
// dumps, read-only once it is filled. One piece takes four of the process's memory maps, so each keyring has one and no
// more, and they are counted (key-memory-budget.ts): without a map left libsodium ends the process.
import type { Sodium } from '../../native/sodium.js'
import { type KeyMemory, Slots, slotBytes } from './key-memory.js'

export class SodiumMemory implements KeyMemory {
  readonly #sodium: Sodium
  readonly #memory: ArrayBuffer
  readonly #bytes: Buffer
  readonly #slots: Slots
  readonly #onFreed: () => void

  /** `onFreed`: once the maps are gone. */
  constructor(sodium: Sodium, keys: number, onFreed: () => void) {
    this.#sodium = sodium
    this.#memory = sodium.sodium_malloc(keys * slotBytes)
    this.#bytes = Buffer.from(this.#memory)
    this.#slots = new Slots(this.#bytes)
    this.#onFreed = onFreed
  }

  take(): Buffer {
    return this.#slots.take()
  }

  protect(): void {
    if (this.#sodium.sodium_mprotect_readonly(this.#memory) !== 0)
      throw new Error('the memory of keys cannot be made read-only')
  }

  wipe(): void {
    if (this.#memory.byteLength === 0) return
    if (this.#sodium.sodium_mprotect_readwrite(this.#memory) !== 0)
      throw new Error('the memory of keys cannot be wiped')
    this.#bytes.fill(0)
    // Of the original buffer: every view of it is empty from here on. The pages go in the next turn of the event loop.
    this.#sodium.sodium_free(this.#memory)
    setImmediate(this.#onFreed)
  }
}
