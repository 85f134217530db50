// The places on database servers that one worker may take (`database.maxConnections`, shared out). Whoever needs one
// waits in order, with a deadline; while somebody waits, idle holders are asked to give back, and busy ones give back
// when their turn is over, so that a busy tenant cannot starve a quiet one.
import type { Clock, Milliseconds } from '../../../clock.js'
import { StoreError } from '../store.js'

export interface Place {
  /** The holder works. */
  busy(): void
  /** The holder has nothing to do: it keeps the place for a while, unless somebody waits. */
  idle(): void
  /** Whether others wait and this holder has had its turn: it should give back between two statements. */
  readonly isOverdue: boolean
  /** Gives the place back; a second call does nothing. */
  release(): void
}

export interface AcquireOptions {
  /** Asked once, of an idle holder only: it must release the place soon. */
  giveBack(): void
}

export interface BudgetOptions {
  /** How long to wait for a place. */
  readonly waitMs: Milliseconds
  /** How long an idle holder keeps its place when nobody waits. */
  readonly idleMs: Milliseconds
  /** How long a busy holder keeps its place while others wait: longer than a new connection takes. */
  readonly turnMs: Milliseconds
}

const defaults: BudgetOptions = { waitMs: 5_000, idleMs: 30_000, turnMs: 250 }
const sweepMs = 50

class HeldPlace implements Place {
  idleSince: Milliseconds | null = null
  wasAsked = false
  isReleased = false

  constructor(
    private readonly budget: ConnectionBudget,
    readonly giveBack: () => void,
    readonly since: Milliseconds,
  ) {}

  busy(): void {
    this.idleSince = null
  }

  idle(): void {
    this.budget.becameIdle(this)
  }

  get isOverdue(): boolean {
    return this.budget.isOverdue(this)
  }

  release(): void {
    this.budget.released(this)
  }
}

interface Waiter {
  readonly giveBack: () => void
  readonly deadline: Milliseconds
  readonly resolve: (place: Place) => void
  readonly reject: (error: Error) => void
}

export class ConnectionBudget {
  readonly #held = new Set<HeldPlace>()
  readonly #waiting = new Set<Waiter>()
  readonly #options: BudgetOptions
  #timer: NodeJS.Timeout | null = null

  constructor(
    readonly max: number,
    private readonly clock: Clock,
    options: Partial<BudgetOptions> = {},
  ) {
    if (!Number.isInteger(max) || max < 1) throw new RangeError('a budget needs a place')
    this.#options = { ...defaults, ...options }
  }

  get used(): number {
    return this.#held.size
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** In the order of the calls. Throws StoreError `unavailable` after `waitMs`. */
  acquire({ giveBack }: AcquireOptions): Promise<Place> {
    this.#watch()
    if (this.#waiting.size === 0 && this.#held.size < this.max)
      return Promise.resolve(this.#take(giveBack))
    return new Promise<Place>((resolve, reject) => {
      const deadline = this.clock.now() + this.#options.waitMs
      const waiter: Waiter = { giveBack, deadline, resolve, reject }
      this.#waiting.add(waiter)
      this.#press()
    })
  }

  /** Ends waits whose deadline has passed and asks for places that have been idle too long. */
  sweep(): void {
    const now = this.clock.now()
    for (const waiter of this.#waiting) if (waiter.deadline <= now) this.#refuse(waiter)
    for (const place of this.#held)
      if (place.idleSince !== null && now - place.idleSince >= this.#options.idleMs) ask(place)
    this.#press()
    if (this.#held.size === 0 && this.#waiting.size === 0) this.#unwatch()
  }

  becameIdle(place: HeldPlace): void {
    place.idleSince = this.clock.now()
    this.#press()
  }

  isOverdue(place: HeldPlace): boolean {
    return this.#waiting.size > 0 && this.clock.now() - place.since >= this.#options.turnMs
  }

  released(place: HeldPlace): void {
    if (place.isReleased) return
    place.isReleased = true
    this.#held.delete(place)
    const [next] = this.#waiting
    if (next === undefined) return
    this.#waiting.delete(next)
    next.resolve(this.#take(next.giveBack))
  }

  #take(giveBack: () => void): HeldPlace {
    const place = new HeldPlace(this, giveBack, this.clock.now())
    this.#held.add(place)
    return place
  }

  #refuse(waiter: Waiter): void {
    if (this.#waiting.delete(waiter)) waiter.reject(new StoreError('unavailable'))
  }

  /** As many idle holders as there are waiters, the longest idle first, less those already asked. */
  #press(): void {
    const asked = [...this.#held].filter(({ wasAsked }) => wasAsked).length
    const wanted = this.#waiting.size - asked
    if (wanted <= 0) return
    const idle = [...this.#held].filter((place) => place.idleSince !== null && !place.wasAsked)
    idle.sort((a, b) => a.idleSince! - b.idleSince!)
    for (const place of idle.slice(0, wanted)) ask(place)
  }

  // Runs only while there is something to watch, and keeps no process alive.
  #watch(): void {
    this.#timer ??= setInterval(() => this.sweep(), sweepMs).unref()
  }

  #unwatch(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }
}

const ask = (place: HeldPlace): void => {
  if (place.wasAsked) return
  place.wasAsked = true
  place.giveBack()
}
