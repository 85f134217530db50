// The tenants that are open in this worker: opened by their first request, leased while in use, closed when idle or
// when the least recently used must make room. A tenant that closes is opened again only after it has closed.
import type { Clock, Milliseconds } from '../../clock.js'
import type { TenantId } from '../../ids.js'
import type { TenantContext } from './context.js'

interface Opened {
  readonly context: Promise<TenantContext>
  /** The same, once it is there. */
  ready: TenantContext | null
  /** Nobody who has signed in has used it yet. */
  unauthenticated: boolean
  leases: number
  lastUse: Milliseconds
  closing: boolean
  /** Told when it has closed. */
  finished: () => void
}

export interface TenantsOptions {
  readonly max: number
  readonly idleTime: Milliseconds
  readonly clock: Clock
  open(tenant: TenantId): Promise<TenantContext>
  onFault(tenant: TenantId, error: unknown): void
}

/** Places beyond `max` for cold tenants whose callers have not signed in. More than these only while they are in use. */
const unauthenticatedPlaces = 16

export class Tenants {
  // In order of use: the first is the least recently used.
  readonly #opened = new Map<TenantId, Opened>()
  readonly #closing = new Map<TenantId, Promise<void>>()

  constructor(private readonly options: TenantsOptions) {}

  get size(): number {
    return this.#opened.size
  }

  isOpen(tenant: TenantId): boolean {
    return this.#opened.has(tenant)
  }

  /** Runs `use` with the tenant open; it stays open, and its keys unwiped, until `use` has ended. */
  use<T>(tenant: TenantId, use: (context: TenantContext) => Promise<T>): Promise<T> {
    const opened = this.#opened.get(tenant) ?? this.#openWithRoom(tenant)
    opened.unauthenticated = false
    return this.#used(tenant, opened, use)
  }

  /**
   * As `use`, for whoever has not signed in yet: closes none for it that a signed-in caller has used (FORMATS §8). How
   * many may be under way at once is for the front to say (sign-in-queue.ts), before anybody knows whether a name leads
   * to a tenant: a refusal here would tell that it does.
   */
  useWithoutEvicting<T>(tenant: TenantId, use: (context: TenantContext) => Promise<T>): Promise<T> {
    return this.#used(tenant, this.#opened.get(tenant) ?? this.#openUnauthenticated(tenant), use)
  }

  /** Closes it once its last lease ends; new requests wait for that and open it anew. */
  evict(tenant: TenantId): Promise<void> {
    const opened = this.#opened.get(tenant)
    if (opened) this.#retire(tenant, opened)
    return this.#closing.get(tenant) ?? Promise.resolve()
  }

  /** Called every second: closes idle tenants and lets the others anchor. */
  async sweep(): Promise<void> {
    const idleSince = this.options.clock.now() - this.options.idleTime
    for (const [tenant, opened] of this.#opened)
      if (opened.leases === 0 && opened.lastUse < idleSince) this.#retire(tenant, opened)
    await Promise.all([...this.#opened].map(([tenant, opened]) => this.#tick(tenant, opened)))
  }

  async closeAll(): Promise<void> {
    for (const [tenant, opened] of this.#opened) this.#retire(tenant, opened)
    await Promise.all(this.#closing.values())
  }

  async #tick(tenant: TenantId, opened: Opened): Promise<void> {
    try {
      await this.#lease(tenant, opened, (context) => context.tick())
    } catch (error) {
      this.options.onFault(tenant, error)
    }
  }

  async #lease<T>(
    tenant: TenantId,
    opened: Opened,
    use: (context: TenantContext) => Promise<T>,
  ): Promise<T> {
    opened.leases++
    try {
      return await use(opened.ready ?? (await opened.context))
    } finally {
      opened.leases--
      if (opened.closing && opened.leases === 0) this.#finish(tenant, opened)
    }
  }

  #used<T>(
    tenant: TenantId,
    opened: Opened,
    use: (context: TenantContext) => Promise<T>,
  ): Promise<T> {
    this.#opened.delete(tenant)
    this.#opened.set(tenant, opened)
    opened.lastUse = this.options.clock.now()
    return this.#lease(tenant, opened, use)
  }

  #openWithRoom(tenant: TenantId): Opened {
    if (
      this.#opened.size >= this.options.max &&
      !this.#retireUnused(({ unauthenticated }) => unauthenticated)
    )
      this.#retireUnused(() => true)
    return this.#open(tenant)
  }

  // All places taken must not keep out those who would sign in: what only such callers have opened and nobody uses now
  // makes room.
  #openUnauthenticated(tenant: TenantId): Opened {
    let surplus = this.#opened.size + 1 - this.options.max - unauthenticatedPlaces
    while (surplus > 0 && this.#retireUnused(({ unauthenticated }) => unauthenticated)) surplus--
    return this.#open(tenant)
  }

  #open(tenant: TenantId): Opened {
    const before = this.#closing.get(tenant) ?? Promise.resolve()
    const context = before.then(() => this.options.open(tenant))
    const opened: Opened = {
      context,
      ready: null,
      unauthenticated: true,
      leases: 0,
      lastUse: this.options.clock.now(),
      closing: false,
      finished: () => undefined,
    }
    // Nothing of a tenant that failed to open stays; the next request tries again.
    context.then(
      (ready) => (opened.ready = ready),
      () => {
        if (this.#opened.get(tenant) === opened) this.#opened.delete(tenant)
      },
    )
    return opened
  }

  /** Closes the least recently used one of those that nobody uses now. */
  #retireUnused(isMeant: (opened: Opened) => boolean): boolean {
    for (const [tenant, opened] of this.#opened)
      if (opened.leases === 0 && isMeant(opened)) {
        this.#retire(tenant, opened)
        return true
      }
    return false
  }

  #retire(tenant: TenantId, opened: Opened): void {
    this.#opened.delete(tenant)
    opened.closing = true
    const done = new Promise<void>((resolve) => (opened.finished = resolve))
    const closed = done.finally(() => {
      if (this.#closing.get(tenant) === closed) this.#closing.delete(tenant)
    })
    this.#closing.set(tenant, closed)
    if (opened.leases === 0) this.#finish(tenant, opened)
  }

  #finish(tenant: TenantId, opened: Opened): void {
    opened.context
      .then((context) => context.close())
      .catch((error: unknown) => this.options.onFault(tenant, error))
      .finally(() => opened.finished())
  }
}
