// What decides access, opened once and kept while the tenant's access epoch stands still. Every audited statement
// answers the present epoch (FORMATS §6); when it has moved, all of this is forgotten and the operation is redone.
import { LRUCache } from 'lru-cache'
import type { StoredState } from '../store/store.js'
import type { PresentState } from './present-state.js'
import type { TenantState } from './tenant-state.js'

const entriesPerCache = 10_000

// `max` would have the cache claim room for all of them at once, in every open tenant.
const emptyCache = (): LRUCache<string, object> =>
  new LRUCache({ maxSize: entriesPerCache, sizeCalculation: () => 1 })

export class EpochCache {
  readonly #caches = new Map<string, LRUCache<string, object>>()

  constructor(readonly present: PresentState) {}

  get state(): TenantState {
    return this.present.state
  }

  get stored(): StoredState {
    return this.present.stored
  }

  /** As PresentState.observe. An older answer, overtaken on its way, changes nothing. */
  observe(answered: StoredState, sent: StoredState): boolean {
    if (!this.present.observe(answered, sent)) return false
    this.clear()
    return true
  }

  /** Asks the database, and takes in the state that it answers. Throws an IntegrityError as observe does. */
  async observed<T extends StoredState>(ask: () => Promise<T>): Promise<T> {
    const sent = this.stored
    const answered = await ask()
    this.observe(answered, sent)
    return answered
  }

  /** The cached value, or a loaded one. What was loaded across a move of the epoch is not kept. */
  async get<T extends object>(
    kind: string,
    key: string,
    load: () => Promise<T | null>,
  ): Promise<T | null> {
    const found = this.known<T>(kind, key)
    if (found) return found
    const epoch = this.state.accessEpoch
    const loaded = await load()
    if (loaded) this.keep(kind, key, loaded, epoch)
    return loaded
  }

  /** What get would answer at once, or null. */
  known<T extends object>(kind: string, key: string): T | null {
    return (this.#caches.get(kind)?.get(key) as T | undefined) ?? null
  }

  /** Keeps what was made of values that were all loaded at `epoch`. */
  keep(kind: string, key: string, value: object, epoch: number): void {
    if (this.state.accessEpoch === epoch) this.#cacheOf(kind).set(key, value)
  }

  /** The tenant closes. */
  clear(): void {
    for (const cache of this.#caches.values()) cache.clear()
  }

  /** Forgets one value whose row this worker has changed without a move of the epoch. */
  forget(kind: string, key: string): void {
    this.#cacheOf(kind).delete(key)
  }

  #cacheOf(kind: string): LRUCache<string, object> {
    let cache = this.#caches.get(kind)
    if (!cache) this.#caches.set(kind, (cache = emptyCache()))
    return cache
  }
}
