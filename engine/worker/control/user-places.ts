// Whether there is room for one user more: in the tenant, up to its own limit, and then in the licence, up to that of all
// (SPEC §5). A place is held from the question until the user's event is taken in, so that of many who ask at once on this
// node no more get one than there are. Other nodes' are counted once their events have come in.
import { ApiError } from '../../errors.js'
import type { TenantId, Uuid } from '../../ids.js'
import type { UserPlace } from '../../task/broker.js'
import { Mutex } from '../context/mutex.js'
import type { Store } from '../store/store.js'
import type { TenantDirectory } from './directory.js'
import { countBounded, livingOf } from './living.js'
import { type Licensed, requirePlace } from './tenant-limits.js'

export interface Places extends Pick<Licensed, 'license' | 'clock'> {
  readonly directory: Pick<TenantDirectory, 'get' | 'limits'>
  readonly context: { readonly store: Pick<Store, 'countByParent'> }
}

export class UserPlaces {
  /** By the event that will tell of the user. */
  readonly #held = new Map<Uuid, TenantId>()
  readonly #mutex = new Mutex()

  constructor(private readonly places: Places) {}

  /** Errors: `tenant_limit_reached`, and `license_limit_reached` also after the licence has expired. */
  hold(place: UserPlace): Promise<void> {
    return this.#mutex.run(async () => {
      await this.#requireTenant(place)
      const { license } = this.places
      await requirePlace(this.places, license.maxUsers, () => this.#usedByAll(license.maxUsers))
      this.#held.set(place.event, place.tenant)
    })
  }

  /** There will be no such user. */
  release(event: Uuid): void {
    this.#held.delete(event)
  }

  /** Takes events in. A place is never counted twice, and never not at all. */
  taken(events: readonly Uuid[], take: () => Promise<void>): Promise<void> {
    if (!events.some((id) => this.#held.has(id))) return take()
    return this.#mutex.run(async () => {
      await take()
      for (const id of events) this.#held.delete(id)
    })
  }

  async #requireTenant({ tenant, isFull }: UserPlace): Promise<void> {
    const { license, directory } = this.places
    const { maxUsers } = await directory.get(tenant)
    if (maxUsers === null || (!isFull && (await this.#usedBy(tenant)) < maxUsers)) return
    // A limit that is the licence's, or beyond it, is not the tenant's own.
    const isOwn = license.maxUsers === null || maxUsers < license.maxUsers
    throw new ApiError(isOwn ? 'tenant_limit_reached' : 'license_limit_reached')
  }

  async #usedBy(tenant: TenantId): Promise<number> {
    return (await this.#used(tenant)).get(tenant) ?? 0
  }

  async #usedByAll(limit: number | null): Promise<number> {
    return countBounded(await this.#used(null), limit, () =>
      this.places.directory.limits('maxUsers'),
    )
  }

  async #used(tenant: TenantId | null): Promise<Map<Uuid, number>> {
    const used = new Map(await livingOf(this.places.context.store, 'user', tenant))
    for (const holder of this.#held.values())
      if (tenant === null || holder === tenant) used.set(holder, (used.get(holder) ?? 0) + 1)
    return used
  }
}
