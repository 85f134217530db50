// Places for what is done before anybody is authenticated. Who gets one next is decided by the network that asks and by
// the load, never by whether the name that is given exists, which nobody has looked up yet. Networks take turns; of one
// network, and for one name as it was written, so much is under way at once at most, so that neither crowds out others.
// A place is held until the answer leaves: how fast a queue moves must tell nothing either.
import type { Milliseconds } from '../../clock.js'
import { ApiError } from '../../errors.js'
import type { Schedule } from './minimum-response-time.js'

export interface SignInQueueOptions {
  /** Under way at once. */
  readonly places: number
  readonly perNetwork: number
  readonly perName: number
  /** In the queue, of all networks and of one. */
  readonly waiting: number
  readonly waitingPerNetwork: number
  /** How long anybody stays in the queue. */
  readonly maxWaitMs: Milliseconds
  readonly schedule?: Schedule
}

/** Gives the place back. More than once is no error. */
export type Leave = () => void

interface Waiter {
  readonly network: string
  readonly name: string
  readonly admit: (leave: Leave) => void
  readonly refuse: (error: ApiError) => void
  isWaiting: boolean
}

/** How many there are of each key. */
class Tally {
  readonly #counts = new Map<string, number>()

  of(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  add(key: string, more: 1 | -1): void {
    const count = this.of(key) + more
    if (count > 0) this.#counts.set(key, count)
    else this.#counts.delete(key)
  }
}

export class SignInQueue {
  /** By network, in order of whose turn it is. */
  readonly #lines = new Map<string, Waiter[]>()
  readonly #networks = new Tally()
  readonly #names = new Tally()
  readonly #schedule: Schedule
  #waiting = 0
  #taken = 0

  constructor(private readonly options: SignInQueueOptions) {
    this.#schedule = options.schedule ?? ((work, ms) => void setTimeout(work, ms).unref())
  }

  get waiting(): number {
    return this.#waiting
  }

  /** Resolves when there is a place. Errors: `overloaded`. */
  enter(network: string, name: string): Promise<Leave> {
    if ((this.#lines.get(network)?.length ?? 0) >= this.options.waitingPerNetwork) return refused()
    return new Promise((admit, refuse) => {
      const waiter: Waiter = { network, name, admit, refuse, isWaiting: true }
      this.#append(waiter)
      this.#fill()
      this.#shorten()
      if (waiter.isWaiting) this.#schedule(() => this.#giveUp(waiter), this.options.maxWaitMs)
    })
  }

  #append(waiter: Waiter): void {
    const line = this.#lines.get(waiter.network) ?? []
    line.push(waiter)
    this.#lines.set(waiter.network, line)
    this.#waiting++
  }

  #fill(): void {
    while (this.#taken < this.options.places) {
      const waiter = this.#next()
      if (!waiter) return
      this.#admit(waiter)
    }
  }

  #next(): Waiter | null {
    const { perNetwork, perName } = this.options
    for (const [network, line] of this.#lines) {
      if (this.#networks.of(network) >= perNetwork) continue
      const waiter = line.find(({ name }) => this.#names.of(name) < perName)
      if (waiter) return this.#take(waiter, line)
    }
    return null
  }

  /** Its network's turn is over. */
  #take(waiter: Waiter, line: Waiter[]): Waiter {
    this.#remove(waiter, line)
    this.#lines.delete(waiter.network)
    if (line.length > 0) this.#lines.set(waiter.network, line)
    return waiter
  }

  #remove(waiter: Waiter, line: Waiter[]): void {
    line.splice(line.indexOf(waiter), 1)
    waiter.isWaiting = false
    this.#waiting--
  }

  #admit({ network, name, admit }: Waiter): void {
    this.#taken++
    this.#networks.add(network, 1)
    this.#names.add(name, 1)
    let isHeld = true
    admit(() => {
      if (!isHeld) return
      isHeld = false
      this.#taken--
      this.#networks.add(network, -1)
      this.#names.add(name, -1)
      this.#fill()
    })
  }

  /** Of too many the last of the longest line gives way: whoever has few waiting is never crowded out. */
  #shorten(): void {
    if (this.#waiting <= this.options.waiting) return
    // Of several the one whose turn is furthest off: who is next must not give way to who comes.
    const longest = [...this.#lines.values()].reduce((a, b) => (b.length >= a.length ? b : a))
    const last = longest.at(-1)
    if (last) this.#giveUp(last)
  }

  #giveUp(waiter: Waiter): void {
    const line = this.#lines.get(waiter.network)
    if (!waiter.isWaiting || !line) return
    this.#remove(waiter, line)
    if (line.length === 0) this.#lines.delete(waiter.network)
    waiter.refuse(new ApiError('overloaded'))
  }
}

const refused = (): Promise<never> => Promise.reject(new ApiError('overloaded'))
