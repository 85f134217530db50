// What a client can be told, resolved once to settings without optionals. No message repeats a value: a baseUrl can
// hold a password.
import { type Clock, systemClock } from './clock.js'

/** Of every call. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** For the whole call, retries and signing in included. */
  readonly timeoutMs?: number | undefined
}

/** Of either client. */
export interface ClientOptions {
  /** Where the engine listens, such as `https://rppam.corp.local:7101`. */
  readonly baseUrl: string | URL
  /** For each call, retries and signing in included; 30 s. */
  readonly timeoutMs?: number | undefined
  /** How often a read is sent at most; 4. Writes are sent once. */
  readonly maxAttempts?: number | undefined
  /** Instead of the global one: for proxies, private certificate authorities, tests. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
  /** Instead of the system's, for tests. */
  readonly clock?: Clock | undefined
  /** From 0 to below 1, for jitter. */
  readonly random?: (() => number) | undefined
  /** Told each new refresh token (they are good for one use), for programs that keep a session between runs. */
  readonly onRefreshToken?: ((refreshToken: string) => void | Promise<void>) | undefined
}

export interface Settings {
  readonly baseUrl: string
  readonly timeoutMs: number
  readonly maxAttempts: number
  readonly fetch: (request: Request) => Promise<Response>
  readonly clock: Clock
  readonly random: () => number
  readonly onRefreshToken: (refreshToken: string) => void | Promise<void>
}

// What setTimeout can hold; more would fire at once.
const longest = 2 ** 31 - 1

export const milliseconds = (value: number): number => {
  if (value > 0 && value <= longest) return value
  throw new RangeError(`timeoutMs must be more than 0 and at most ${longest}`)
}

const addressOf = (value: string | URL): string => {
  if (!URL.canParse(String(value))) throw new TypeError('baseUrl must be a whole URL')
  const url = new URL(value)
  if (!/^https?:$/.test(url.protocol)) throw new TypeError('baseUrl must be http or https')
  if (url.username !== '' || url.password !== '')
    throw new TypeError('baseUrl must not hold credentials')
  return `${url.origin}${url.pathname}`
}

const attempts = (value: number): number => {
  if (Number.isInteger(value) && value >= 1 && value <= 20) return value
  throw new RangeError('maxAttempts must be a whole number from 1 to 20')
}

export const settingsOf = (options: ClientOptions): Settings => ({
  baseUrl: addressOf(options.baseUrl),
  timeoutMs: milliseconds(options.timeoutMs ?? 30_000),
  maxAttempts: attempts(options.maxAttempts ?? 4),
  // Called as a function of the global object: browsers refuse it as a method of anything else.
  fetch: options.fetch ?? ((request) => globalThis.fetch(request)),
  clock: options.clock ?? systemClock,
  random: options.random ?? Math.random,
  onRefreshToken: options.onRefreshToken ?? (() => undefined),
})
