// Requests as cheap as they can be made: raw keep-alive connections, each with one request in flight, sent again as soon
// as its answer is there. Every request is the same but for its target and the token; every answer must be 200 and end in
// the body that its target has.
import { connect, type Socket } from 'node:net'

export interface Target {
  readonly path: string
  /** The answer's body, whole. */
  readonly body: string
}

export interface KeepAlive {
  readonly answered: number
  /** Of connections that ended before their last answer, and of answers that were no 200 or ended otherwise. */
  readonly faults: readonly string[]
  readonly done: Promise<void>
}

const faultsKept = 20

class Connection {
  readonly #socket: Socket
  #expected = ''
  #received = ''
  #isDone = false

  constructor(
    port: number,
    private readonly next: () => { readonly request: string; readonly body: string } | null,
    private readonly answered: (fault: string | null) => void,
    ended: (fault: string | null) => void,
  ) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true })
    this.#socket.setEncoding('latin1')
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', () => ended(this.#isDone ? null : 'a connection was closed'))
    this.#socket.on('connect', () => this.#send())
    this.#socket.on('data', (text: string) => this.#read(text))
  }

  #send(): void {
    const what = this.next()
    if (what === null) {
      this.#isDone = true
      return void this.#socket.end()
    }
    this.#expected = `\r\n\r\n${what.body}`
    this.#received = ''
    this.#socket.write(what.request)
  }

  #read(text: string): void {
    this.#received += text
    if (this.#received.startsWith('HTTP/1.1 200') && this.#received.endsWith(this.#expected)) {
      this.answered(null)
      this.#send()
    } else if (isWhole(this.#received)) {
      this.answered(this.#received.split('\r\n', 1)[0]!)
      this.#send()
    }
  }
}

const isWhole = (received: string): boolean => {
  const head = received.indexOf('\r\n\r\n')
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(received)?.[1] ?? 0)
  return head >= 0 && received.length >= head + 4 + length
}

export interface KeepAlivePlan {
  readonly port: number
  readonly connections: number
  readonly requests: number
  readonly targets: readonly Target[]
  /** The present one. */
  token(): string
}

/** Bodies must be ASCII. A connection that ends too soon is not made anew. */
export const startKeepAlive = (plan: KeepAlivePlan): KeepAlive => {
  const faults: string[] = []
  let left = plan.requests
  let answered = 0
  const next = () => {
    if (left-- <= 0) return null
    const { path, body } = plan.targets[left % plan.targets.length]!
    const authorization = `authorization: Bearer ${plan.token()}`
    return { request: `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${authorization}\r\n\r\n`, body }
  }
  const note = (fault: string | null): void => {
    if (fault !== null && faults.length < faultsKept) faults.push(fault)
  }
  const onAnswer = (fault: string | null): void => {
    answered++
    note(fault)
  }
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const onEnd = (fault: string | null): void => resolve(note(fault))
      new Connection(plan.port, next, onAnswer, onEnd)
    })
  const done = Promise.all(Array.from({ length: plan.connections }, one)).then(() => undefined)
  return {
    faults,
    done,
    get answered() {
      return answered
    },
  }
}
