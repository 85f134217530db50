// Keeps whoever hangs from taking the places of the others (the bulkhead pattern): visits to many databases by one
// thread, each database at most once at a time. New and quick ones have places of their own; what takes long, or was
// ended for it last time, has others, and when those are full too the oldest is ended. So hung databases, however
// many, never hold all places, and the number of connections stays what it is. It must never count a place as free
// whose work has not ended.
import { LRUCache } from 'lru-cache'
import type { Clock, Milliseconds } from '../../clock.js'
import { StoreError } from './store.js'

export interface BulkheadOptions {
  /** For those that are new, or were quick last time. */
  readonly places: number
  /** Beside them: for what takes long, or was ended last time. */
  readonly slowPlaces: number
  /** From this age on a visit takes a slow place when others wait. */
  readonly slowMs: Milliseconds
  /** From the call to its end, waiting included. */
  readonly limitMs: Milliseconds
}

/** What is aborted ends at once, and rejects. */
export type Visit<T> = (signal: AbortSignal) => Promise<T>

interface Visitor {
  readonly key: string
  readonly since: Milliseconds
  readonly ending: AbortController
  startedTime: Milliseconds
  isSlow: boolean
  start(): Promise<unknown>
  refuse(): void
}

const sweepMs = 25
/** Keys whose last visit is remembered. */
const remembered = 10_000

export class Bulkhead {
  /** In the order of the calls. */
  readonly #waiting = new Set<Visitor>()
  readonly #running = new Map<string, Visitor>()
  /** How the last visit went. */
  readonly #last = new LRUCache<string, 'quick' | 'ended'>({ max: remembered })
  #timer: NodeJS.Timeout | null = null

  constructor(
    private readonly options: BulkheadOptions,
    private readonly clock: Clock,
  ) {}

  get running(): number {
    return this.#running.size
  }

  /** Rejects as `work` does, or with StoreError `unavailable` when its time is over or others need its place. */
  run<T>(key: string, work: Visit<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const ending = new AbortController()
      this.#waiting.add({
        key,
        since: this.clock.now(),
        ending,
        startedTime: 0,
        isSlow: false,
        // Async: what throws before it answers a promise has ended, too.
        start: async () => {
          const ended = (async () => work(ending.signal))()
          ended.then(resolve, reject)
          await ended
        },
        refuse: () => reject(new StoreError('unavailable')),
      })
      this.#admit()
      this.#timer ??= setInterval(() => this.sweep(), sweepMs).unref()
    })
  }

  /** Ends whose time is over, and makes room for those that wait. */
  sweep(): void {
    const now = this.clock.now()
    const isOver = ({ since }: Visitor): boolean => now - since >= this.options.limitMs
    for (const visitor of this.#waiting) if (isOver(visitor)) this.#giveUp(visitor)
    for (const visitor of this.#running.values()) if (isOver(visitor)) this.#end(visitor)
    this.#makeRoom(now)
    this.#admit()
    if (this.#waiting.size + this.#running.size === 0) this.#unwatch()
  }

  #giveUp(visitor: Visitor): void {
    this.#waiting.delete(visitor)
    visitor.refuse()
  }

  /** Its caller is answered at once; its place is free when the work has ended. */
  #end(visitor: Visitor): void {
    this.#last.set(visitor.key, 'ended')
    visitor.refuse()
    visitor.ending.abort(new StoreError('unavailable'))
  }

  /** As many of the oldest as there are callers for their places move on to slow ones. */
  #makeRoom(now: Milliseconds): void {
    let wanted = [...this.#waiting].filter((visitor) => !this.#isSuspect(visitor)).length
    for (const visitor of this.#holding(false)) {
      if (wanted-- <= 0 || now - visitor.startedTime < this.options.slowMs) return
      if (this.#holding(true).length < this.options.slowPlaces) visitor.isSlow = true
      else this.#endOldest()
    }
  }

  /** Of those that nobody knows; if there are none, of all. */
  #endOldest(): void {
    const slow = this.#holding(true).filter(({ ending }) => !ending.signal.aborted)
    const oldest = slow.find((visitor) => !this.#wasQuick(visitor)) ?? slow[0]
    if (oldest) this.#end(oldest)
  }

  /** Oldest first. */
  #holding(isSlow: boolean): Visitor[] {
    return [...this.#running.values()].filter((visitor) => visitor.isSlow === isSlow)
  }

  #wasQuick({ key }: Visitor): boolean {
    return this.#last.get(key) === 'quick'
  }

  #isSuspect({ key }: Visitor): boolean {
    return this.#last.get(key) === 'ended'
  }

  #admit(): void {
    const { places, slowPlaces } = this.options
    this.#fill(false, places)
    this.#fill(true, slowPlaces)
  }

  /** Places of one kind, with those who belong there. */
  #fill(isSlow: boolean, places: number): void {
    for (let free = places - this.#holding(isSlow).length; free > 0; free--) {
      const next = this.#nextOf((visitor) => this.#isSuspect(visitor) === isSlow)
      if (!next) return
      next.isSlow = isSlow
      this.#start(next)
    }
  }

  /**
   * Whoever was quick last time goes first. The newest call before older ones: under a flood of hung ones those that
   * wait longest are the least likely to be answered in time.
   */
  #nextOf(isMeant: (visitor: Visitor) => boolean): Visitor | undefined {
    const able = [...this.#waiting].filter((one) => !this.#running.has(one.key) && isMeant(one))
    return able.findLast((visitor) => this.#wasQuick(visitor)) ?? able.at(-1)
  }

  #start(visitor: Visitor): void {
    this.#waiting.delete(visitor)
    this.#running.set(visitor.key, visitor)
    visitor.startedTime = this.clock.now()
    visitor.start().then(
      () => this.#ended(visitor, true),
      () => this.#ended(visitor, false),
    )
  }

  #ended(visitor: Visitor, isWell: boolean): void {
    this.#running.delete(visitor.key)
    if (!visitor.ending.signal.aborted) {
      const isQuick = isWell && this.clock.now() - visitor.startedTime < this.options.slowMs
      if (isQuick) this.#last.set(visitor.key, 'quick')
      else this.#last.delete(visitor.key)
    }
    this.#makeRoom(this.clock.now())
    this.#admit()
  }

  // Runs only while there is something to watch, and keeps no process alive.
  #unwatch(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }
}
