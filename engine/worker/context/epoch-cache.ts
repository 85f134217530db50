// What decides access, opened once and kept while the tenant's access epoch stands still. Every audited statement
// answers the present epoch (FORMATS §6); when it has moved, all of this is forgotten and the operation is redone.
import { LRUCache } from 'lru-cache'
import { IntegrityError } from '../cipher/record.js'
import type { TenantState } from '../store/store.js'

const requireCountable = ({ accessEpoch }: TenantState): void => {
  if (!Number.isSafeInteger(accessEpoch)) throw new IntegrityError()
}

const entriesPerCache = 10_000

// `max` would have the cache claim room for all of them at once, in every open tenant.
const emptyCache = (): LRUCache<string, object> =>
  new LRUCache({ maxSize: entriesPerCache, sizeCalculation: () => 1 })

export class EpochCache {
  #state: TenantState
  readonly #caches = new Map<string, LRUCache<string, object>>()

  /** Errors: an IntegrityError, here and in observe, for an epoch that cannot be told from the next one. */
  constructor(state: TenantState) {
    requireCountable(state)
    this.#state = state
  }

  get state(): TenantState {
    return this.#state
  }

  /** Takes in a state that a statement has answered. An older answer, overtaken on its way, changes nothing. */
  observe(state: TenantState): void {
    requireCountable(state)
    if (state.accessEpoch < this.#state.accessEpoch) return
    const moved = state.accessEpoch > this.#state.accessEpoch
    this.#state = { status: state.status, accessEpoch: state.accessEpoch }
    if (moved) for (const cache of this.#caches.values()) cache.clear()
  }

  /** The cached value, or a loaded one. What was loaded across a move of the epoch is not kept. */
  async get<T extends object>(
    kind: string,
    key: string,
    load: () => Promise<T | null>,
  ): Promise<T | null> {
    const cache = this.#cacheOf(kind)
    const found = cache.get(key) as T | undefined
    if (found) return found
    const epoch = this.#state.accessEpoch
    const loaded = await load()
    if (loaded && this.#state.accessEpoch === epoch) cache.set(key, loaded)
    return loaded
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
