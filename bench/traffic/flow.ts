// One flow: what its connections send next, and what they got. After its end it sends nothing more, and what is answered
// then is late.
import { serial, type Answers, type FlowPlan, type FlowTally } from './messages.js'

/** Of the whole process. */
export interface Bounds {
  /** Whether one more request may be sent. */
  spend(): boolean
  /** Different each time, eight digits. */
  nextSerial(): string
}

type Pieces = readonly Buffer[]

class Counter {
  readonly #counts = new Map<number, number>()

  add(status: number): void {
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + 1)
  }

  toAnswers(): Answers {
    return Object.fromEntries(this.#counts)
  }
}

export class Flow {
  readonly #requests: readonly Pieces[]
  readonly #answers = new Counter()
  readonly #late = new Counter()
  readonly #inFlight = new Set<{ readonly since: number }>()
  #sent = 0
  #broken = 0
  #slowestMs = 0
  #atEnd: Omit<FlowTally, 'late'> | null = null

  constructor(
    readonly plan: FlowPlan,
    private readonly bounds: Bounds,
  ) {
    this.#requests = plan.requests.map((text) =>
      text.split(serial).map((piece) => Buffer.from(piece)),
    )
  }

  get hasEnded(): boolean {
    return this.#atEnd !== null
  }

  /** Null: nothing more. */
  next(): Buffer[] | null {
    if (this.hasEnded || !this.bounds.spend()) return null
    const [first, ...more] = this.#requests[this.#sent++ % this.#requests.length]!
    return [first!, ...more.flatMap((piece) => [Buffer.from(this.bounds.nextSerial()), piece])]
  }

  sent(): { readonly since: number } {
    const request = { since: performance.now() }
    this.#inFlight.add(request)
    return request
  }

  answered(request: { readonly since: number }, status: number): void {
    this.#inFlight.delete(request)
    if (this.hasEnded) return this.#late.add(status)
    this.#answers.add(status)
    this.#slowestMs = Math.max(this.#slowestMs, performance.now() - request.since)
  }

  /** `request`: the one that stays without an answer; null when the connection could not be made. */
  broke(request: { readonly since: number } | null): void {
    if (request) this.#inFlight.delete(request)
    if (!this.hasEnded) this.#broken++
  }

  end(): void {
    this.#atEnd ??= this.#count()
  }

  tally(): FlowTally {
    return { ...(this.#atEnd ?? this.#count()), late: this.#late.toAnswers() }
  }

  #count(): Omit<FlowTally, 'late'> {
    const ages = [...this.#inFlight].map(({ since }) => performance.now() - since)
    return {
      answers: this.#answers.toAnswers(),
      unanswered: this.#inFlight.size,
      broken: this.#broken,
      slowestMs: Math.round(Math.max(this.#slowestMs, ...ages)),
    }
  }
}
