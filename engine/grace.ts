// The end of the process: asked for once, by a signal or by an error that nobody caught; one drain, then exit. Each
// signal has one listener, from the first moment to the last: where there is none, even for an instant, the system's
// default kills, and npm repeats a Ctrl-C within milliseconds of the first. Such an echo must never cut the drain short;
// a signal that comes later does.
import type { Clock, Milliseconds } from './clock.js'

const echoMs: Milliseconds = 1_000
const limitMs: Milliseconds = 10_000
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const
const errors = ['uncaughtException', 'unhandledRejection'] as const

export interface Cause {
  readonly signal?: string
  readonly error?: Error
}

export type Drain = (cause: Cause) => Promise<void>

/** Of a process. */
export type Host = Pick<NodeJS.Process, 'on' | 'exit'>

/** The start was given up: the end was asked for before there was anything to drain. */
export class EndedEarly extends Error {
  override readonly name = 'EndedEarly'
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error('something was thrown that is no error')

export class Ending {
  #cause: Cause | null = null
  #since: Milliseconds = 0
  #drain: Drain | null = null
  #tell = (): void => undefined
  readonly #asked = new Promise<void>((resolve) => (this.#tell = resolve))

  /** Listens from now on; `clock` is monotonic. */
  constructor(
    private readonly host: Host,
    private readonly clock: Clock,
  ) {
    for (const signal of signals) host.on(signal, () => this.#onSignal(signal))
  }

  /** Null: nobody has asked for the end yet. */
  get cause(): Cause | null {
    return this.#cause
  }

  /** Throws EndedEarly when the end was asked for. */
  throwIfAsked(): void {
    if (this.#cause) throw new EndedEarly()
  }

  /** As `work`, while nobody asks for the end. Throws EndedEarly then: `work` goes on unheard. */
  async unlessAsked<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined)
    const early = this.#asked.then(() => Promise.reject(new EndedEarly()))
    // Where both are there, the end counts.
    return Promise.race([early, work])
  }

  /**
   * From now on the end is `drain`, also of what was asked for already, then exit: 0 after a signal, 1 after an error
   * that nobody caught or when the drain takes more than 10 s.
   */
  drainBy(drain: Drain): void {
    this.#drain = drain
    for (const name of errors) this.host.on(name, (thrown: unknown) => this.#onError(thrown))
    if (this.#cause) void this.#end(this.#cause, drain)
  }

  #onSignal(signal: string): void {
    if (this.#cause === null) this.#begin({ signal })
    else if (this.clock.now() - this.#since >= echoMs) this.host.exit(1)
  }

  #onError(thrown: unknown): void {
    if (this.#cause === null) this.#begin({ error: asError(thrown) })
    else this.host.exit(1)
  }

  #begin(cause: Cause): void {
    this.#cause = cause
    this.#since = this.clock.now()
    setTimeout(() => this.host.exit(1), limitMs).unref()
    this.#tell()
    if (this.#drain) void this.#end(cause, this.#drain)
  }

  async #end(cause: Cause, drain: Drain): Promise<void> {
    const well = await drain(cause).then(
      () => cause.error === undefined,
      () => false,
    )
    this.host.exit(well ? 0 : 1)
  }
}
