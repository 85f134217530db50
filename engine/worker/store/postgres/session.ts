// One connection, from its start to its end: a postgres.js client that is thrown away with its socket. (A client that
// reconnects may send what was queued for a transaction outside of it, and keeps half-written messages.) It must never
// have a second socket, nor run a statement before the server's durability was checked.
import { connect as connectSocket, type Socket } from 'node:net'
import postgres from 'postgres'
import { type BackendKey, requestCancel } from './cancel.js'
import { DatabaseFault, faultOf, isLost } from './faults.js'
import { schemaName, type SessionOptions } from './target.js'

/** A column as PostgreSQL's text says it; bytea as bytes, small numbers and booleans as such, bigint as text. */
export type Cell = string | number | boolean | Buffer | null
export type Parameter = string | number | boolean | null

export interface Statement {
  /** Fixed text: it is prepared once a connection and kept. */
  readonly text: string
  readonly parameters: readonly Parameter[]
}

const startupParameters = ({ limits, node }: SessionOptions) => ({
  application_name: `rppam/${node}`.slice(0, 63),
  // FORMATS §5: what was answered is on disk.
  synchronous_commit: 'on',
  // What our statements rely on, whatever a database or role was given as its default.
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  bytea_output: 'hex',
  statement_timeout: String(limits.statementMs),
  idle_in_transaction_session_timeout: String(limits.idleInTransactionMs),
  // pg_temp last: a temporary table must never stand in for one of ours.
  search_path: `${schemaName}, pg_temp`,
  // One plan a statement: planning costs more than our statements do.
  plan_cache_mode: 'force_generic_plan',
  jit: 'off',
  TimeZone: 'UTC',
})

/** Everything that postgres.js would otherwise take from PG* variables is said here. */
const clientOptions = (options: SessionOptions, socket: () => Promise<Socket>) =>
  ({
    host: options.target.host,
    port: options.target.port,
    database: options.target.database,
    user: options.target.user,
    password: options.target.password,
    ssl: options.target.tls ? { rejectUnauthorized: true } : false,
    sslnegotiation: 'postgres',
    max: 1,
    max_pipeline: 100,
    idle_timeout: 0,
    max_lifetime: 0,
    connect_timeout: 0,
    backoff: 0,
    keep_alive: 30,
    prepare: true,
    debug: false,
    fetch_types: false,
    publications: 'none',
    no_subscribe: true,
    onnotice: () => undefined,
    connection: startupParameters(options),
    socket,
  }) as unknown as postgres.Options<Record<string, never>>

const probe = `select current_setting('fsync'), pg_catalog.pg_backend_pid()`

export class Session {
  #socket: Socket | null = null
  #ended = false
  /** What was timed took too long. */
  #isLate = false
  /** Statements without an answer yet. */
  readonly #waiting = new Set<(fault: Error) => void>()
  readonly #client: postgres.Sql
  #asked: { readonly state?: BackendKey | null } | null = null
  /** Of the server's process. */
  pid = 0

  private constructor(private readonly options: SessionOptions) {
    this.#client = postgres(clientOptions(options, () => this.#dial()))
  }

  /** Throws a DatabaseFault. When `signal` is aborted, now or later, the session ends and the server's statement too. */
  static async open(options: SessionOptions, signal?: AbortSignal): Promise<Session> {
    const session = new Session(options)
    signal?.addEventListener('abort', () => session.#cancel(), { once: true })
    if (signal?.aborted) session.destroy()
    try {
      await session.timed(options.limits.connectMs, () => session.#check())
      return session
    } catch (error) {
      session.destroy()
      throw session.#isLate ? new DatabaseFault('CONNECT_TIMEOUT') : faultOf(error)
    }
  }

  get isOpen(): boolean {
    return !this.#ended
  }

  /** Throws a DatabaseFault. The caller bounds the time with `timed`. */
  async query({ text, parameters }: Statement): Promise<Cell[][]> {
    if (this.#ended) throw new DatabaseFault('CONNECTION_ENDED')
    try {
      // postgres.js writes into the array it is given.
      const asked = this.#client.unsafe(text, [...parameters], { prepare: true }).values()
      return (await this.#settled(asked)) as unknown as Cell[][]
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** Several statements without parameters, as one message. Throws a DatabaseFault. */
  async script(text: string): Promise<void> {
    if (this.#ended) throw new DatabaseFault('CONNECTION_ENDED')
    try {
      await this.#settled(this.#client.unsafe(text).simple())
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** Runs `work`; when it takes longer, ends the connection, so that `work` fails. */
  async timed<T>(limit: number, work: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#expire(), limit)
    try {
      return await work()
    } finally {
      clearTimeout(timer)
    }
  }

  #expire(): void {
    this.#isLate = true
    this.destroy()
  }

  /** At once, whatever is under way. */
  destroy(): void {
    if (this.#ended) return
    this.#socket?.destroy()
    this.#over()
    void this.#client.end({ timeout: 0 })
  }

  /** As destroy. A server that only heard its client go would work on, or wait for a lock, until its own limit. */
  #cancel(): void {
    const key = this.#waiting.size > 0 ? this.#asked?.state : null
    if (key && !this.#ended) requestCancel(this.options.target, key)
    this.destroy()
  }

  /** In good order; resolves when the server's place is free, or within a second. */
  async close(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    const closed = new Promise((resolve) => this.#socket?.once('close', resolve) ?? resolve(null))
    await this.#client.end({ timeout: 1 })
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1_000).unref())])
    this.#socket?.destroy()
  }

  /** Called by postgres.js for every connection it makes: the second one is refused. */
  #dial(): Promise<Socket> {
    const { host, port } = this.options.target
    if (this.#socket !== null || this.#ended) return Promise.reject(new DatabaseFault('ENDED'))
    const socket = connectSocket({ host, port, noDelay: true })
    this.#socket = socket
    // The name that TLS verifies.
    Object.assign(socket, { host })
    socket.once('close', () => this.#over())
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(socket))
      socket.once('error', reject)
      socket.once('close', () => reject(new DatabaseFault('CONNECTION_CLOSED')))
    })
  }

  /** As the answer to `asked`, or a DatabaseFault when the connection ends before it has one. */
  #settled<T>(asked: PromiseLike<T>): Promise<T> {
    this.#asked = asked as { state?: BackendKey | null }
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      const done = (): void => void this.#waiting.delete(reject)
      asked.then(
        (answer) => (done(), resolve(answer)),
        (error: unknown) => (done(), reject(error as Error)),
      )
    })
  }

  // A client whose connection ends in an unlucky moment may leave statements without any answer. What the server had
  // said before is heard first.
  #over(): void {
    this.#ended = true
    setImmediate(() => {
      for (const reject of this.#waiting) reject(new DatabaseFault('CONNECTION_CLOSED'))
      this.#waiting.clear()
    })
  }

  /** A socket's error comes before its end: nobody may use what is as good as closed. */
  #failed(error: unknown): DatabaseFault {
    const fault = faultOf(error)
    if (isLost(fault)) this.destroy()
    return fault
  }

  async #check(): Promise<void> {
    const [row] = await this.query({ text: probe, parameters: [] })
    this.pid = Number(row?.[1])
    if (row?.[0] !== 'on' && !this.options.allowUnsafeFsync) throw new DatabaseFault('FSYNC_OFF')
  }
}
