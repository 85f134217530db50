// A caller with one keep-alive connection, who knows a refusal from no answer at all. It never sends anything twice.
import { Agent, request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Json } from '../../support/api.js'

export interface Said {
  readonly status: number
  readonly body: Json
  readonly headers: IncomingMessage['headers']
}

export interface Question {
  readonly token: string
  readonly body?: unknown
  readonly ifMatch?: number
  /** How long an answer is waited for. */
  readonly patienceMs?: number
}

/** Longer than the engine itself gives a database. */
const patienceMs = 60_000

const headersOf = ({ token, body, ifMatch }: Question): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
})

const said = async (answer: IncomingMessage): Promise<Said | null> => {
  try {
    const received = await text(answer)
    const body = (received === '' ? null : JSON.parse(received)) as Json
    return { status: answer.statusCode ?? 0, body, headers: answer.headers }
  } catch {
    return null
  }
}

export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  constructor(private readonly port: number) {}

  /** Null: there was no whole answer, and nobody knows whether it was done. */
  ask(method: string, path: string, question: Question): Promise<Said | null> {
    return new Promise((resolve) => {
      const options = { port: this.port, method, path: `/api/v1/${path}`, agent: this.#agent }
      const asked = request({ ...options, headers: headersOf(question) }, (answer) =>
        resolve(said(answer)),
      )
      asked.setTimeout(question.patienceMs ?? patienceMs, () => asked.destroy())
      asked.on('error', () => resolve(null))
      asked.end(question.body === undefined ? undefined : JSON.stringify(question.body))
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
