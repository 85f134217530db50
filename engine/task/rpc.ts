// Calls between threads over a MessagePort. Control traffic (open a tenant, sign, anchor, revoke) travels here, so it
// never queues behind batches of requests. Transfers move bytes; keys cross only between the broker and a tenant worker.
import type { MessagePort } from 'node:worker_threads'
import { ApiError, type ErrorCode } from '../errors.js'

type Transferred = { readonly value: unknown; readonly transfer: readonly ArrayBuffer[] }
const transferMark = Symbol('transfer')

/** Marks an answer whose buffers move instead of being copied. */
export const moving = <T>(value: T, transfer: readonly ArrayBuffer[]): T =>
  ({ [transferMark]: true, value, transfer }) as unknown as T

const isMoving = (answer: unknown): answer is Transferred =>
  typeof answer === 'object' && answer !== null && transferMark in answer

// Method tables are typed by the caller; the wire itself carries anything that structured clone carries.
export type Methods = { readonly [name: string]: (...args: never[]) => unknown }
export type Remote<M extends Methods> = {
  readonly [K in keyof M]: (...args: Parameters<M[K]>) => Promise<Awaited<ReturnType<M[K]>>>
}

interface Call {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}
interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly error?: {
    readonly code: string
    readonly detail: string | undefined
    readonly api: boolean
  }
}

const describe = (error: unknown): NonNullable<Answer['error']> =>
  error instanceof ApiError
    ? { code: error.code, detail: error.detail, api: true }
    : { code: error instanceof Error ? error.message : 'unknown', detail: undefined, api: false }

const revive = (error: NonNullable<Answer['error']>): Error =>
  error.api ? new ApiError(error.code as ErrorCode, error.detail) : new Error(error.code)

/**
 * Answers calls that arrive at `port`. One port may serve and call at once. `translate` makes of an error of the
 * serving side one that means something to the other.
 */
export const serve = (
  port: MessagePort,
  methods: Methods,
  translate: (error: unknown) => unknown = (error) => error,
): void => {
  port.on('message', async ({ id, method, args }: Partial<Call> & { id: number }) => {
    if (method === undefined) return
    try {
      const found = Object.hasOwn(methods, method) ? methods[method] : undefined
      if (!found) throw new Error(`no method ${method}`)
      const answer = await (found as (...args: unknown[]) => unknown)(...(args ?? []))
      if (isMoving(answer)) port.postMessage({ id, value: answer.value }, [...answer.transfer])
      else port.postMessage({ id, value: answer })
    } catch (error) {
      port.postMessage({ id, error: describe(translate(error)) })
    }
  })
}

/** The calling side. Every call that is under way when the port closes is rejected, and every one after that. */
export const connect = <M extends Methods>(port: MessagePort): Remote<M> => {
  const waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >()
  let next = 0
  let closed = false
  port.on('message', (message: Answer | Call) => {
    if ('method' in message) return
    const { id, value, error } = message
    const call = waiting.get(id)
    waiting.delete(id)
    if (error) call?.reject(revive(error))
    else call?.resolve(value)
  })
  port.on('close', () => {
    closed = true
    for (const call of waiting.values()) call.reject(new ApiError('shutting_down'))
    waiting.clear()
  })
  const call =
    (method: string) =>
    (...args: unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        // A closed port swallows messages without a word.
        if (closed) throw new ApiError('shutting_down')
        const id = ++next
        port.postMessage({ id, method, args } satisfies Call)
        waiting.set(id, { resolve, reject })
      })
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>()
  return new Proxy({} as Remote<M>, {
    get: (_target, name: string) => {
      // Whoever awaits a Remote asks whether it is a promise: that is no call.
      if (name === 'then') return undefined
      if (!methods.has(name)) methods.set(name, call(name))
      return methods.get(name)
    },
  })
}
