// How many keyrings of a thread have libsodium's memory at once. Those beyond have plain buffers: libsodium is never asked
// for what the system might refuse, because it then ends the process.
import { loadSodium, type Sodium } from '../../native/sodium.js'
import type { KeyMemory } from './key-memory.js'
import { plainMemory } from './plain-memory.js'
import { SodiumMemory } from './sodium-memory.js'

export class KeyMemoryBudget {
  #taken = 0

  /** `most`: this thread's part of what the process may have (WorkerOptions.protectedKeyrings). */
  constructor(
    private readonly most: number,
    private readonly sodium: Sodium | null = loadSodium(),
  ) {}

  /** Of them, in use. */
  get taken(): number {
    return this.#taken
  }

  /** Room for so many keys. */
  allocate(keys: number): KeyMemory {
    if (this.sodium === null || keys === 0 || this.#taken >= this.most) return plainMemory(keys)
    this.#taken++
    return new SodiumMemory(this.sodium, keys, () => this.#taken--)
  }
}
