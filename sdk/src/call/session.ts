// The tokens of one client: signs in at the first call, renews before the end, once for all who wait. A renewal hears
// no caller's signal: given up half-way it would lose the successor of a refresh token that is already used.
import type { SignIn } from '../contract.js'
import {
  RpPamError,
  SecondFactorRequiredError,
  SessionEndedError,
  TimeoutError,
} from '../errors.js'
import type { Settings } from '../options.js'
import { type SignInCall, refreshCall } from './credentials.js'
import type { Exchange } from './exchange.js'
import { retrying } from './retry.js'
import { withinScope } from './scope.js'

interface Tokens {
  readonly access: string
  readonly refresh: string | null
  readonly renewsAt: number
  readonly endsAt: number
}

export interface SessionInit {
  readonly settings: Settings
  readonly exchange: Exchange
  readonly signIn: SignInCall | null
  readonly refreshToken: string | null
}

const longestMarginMs = 60_000
// A renewal that failed while the token still lives is not tried at every call.
const pauseMs = 5000

export const isRefused = (error: unknown): boolean =>
  error instanceof RpPamError && error.status === 401

export class Session {
  readonly #settings: Settings
  readonly #exchange: Exchange
  #signIn: SignInCall | null
  #tokens: Tokens | null
  #renewal: Promise<Tokens> | null = null

  constructor({ settings, exchange, signIn, refreshToken }: SessionInit) {
    this.#settings = settings
    this.#exchange = exchange
    this.#signIn = signIn
    this.#tokens =
      refreshToken === null ? null : { access: '', refresh: refreshToken, renewsAt: 0, endsAt: 0 }
  }

  /** An access token that is good now. */
  async token(): Promise<string> {
    const present = this.#tokens
    if (present !== null && this.#now() < present.renewsAt) return present.access
    try {
      return (await this.#renewed()).access
    } catch (error) {
      if (present === null || isRefused(error) || this.#now() >= present.endsAt) throw error
      if (this.#tokens === present)
        this.#tokens = { ...present, renewsAt: Math.min(present.endsAt, this.#now() + pauseMs) }
      return present.access
    }
  }

  /** The engine refused this token. Another caller may have renewed it meanwhile. */
  reject(token: string): void {
    if (this.#tokens?.access === token) this.#tokens = { ...this.#tokens, renewsAt: 0, endsAt: 0 }
  }

  /** The token to end the session with, or null when there is no session; forgets it all. */
  async leave(): Promise<string | null> {
    await this.#renewal?.catch(() => undefined)
    const present = this.#tokens
    this.#tokens = null
    if (present === null || this.#now() < present.endsAt) return present?.access ?? null
    if (present.refresh === null) return null
    const answer = await this.#send(refreshCall(present.refresh)).catch((error: unknown) => {
      if (isRefused(error)) return null
      throw error
    })
    return answer?.accessToken ?? null
  }

  #now(): number {
    return this.#settings.clock.now()
  }

  #renewed(): Promise<Tokens> {
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = null))
    return this.#renewal
  }

  async #renew(): Promise<Tokens> {
    const refreshed = await this.#refresh()
    if (refreshed !== null) return this.#keep(refreshed)
    const call = this.#signIn
    if (call === null) throw new SessionEndedError()
    const answer = await this.#send(call)
    if (call.once) this.#signIn = null
    return this.#keep(answer)
  }

  /** Null when there is nothing to refresh with, or the engine refuses it. */
  async #refresh(): Promise<SignIn | null> {
    const token = this.#tokens?.refresh ?? null
    if (token === null) return null
    try {
      return await this.#send(refreshCall(token))
    } catch (error) {
      if (!isRefused(error)) throw error
      this.#tokens = null
      return null
    }
  }

  #send({ operation, once, send }: SignInCall): Promise<SignIn> {
    const { clock, timeoutMs } = this.#settings
    const timedOut = (): Error => new TimeoutError(operation, timeoutMs)
    return withinScope({ clock, timeoutMs, signal: undefined, timedOut }, async (scope) => {
      const attempt = async (): Promise<SignIn> =>
        (await this.#exchange(operation, scope.signal, null, send)).data
      return once ? attempt() : retrying(this.#settings, scope, attempt)
    })
  }

  async #keep({ accessToken, refreshToken, expiresIn, mfaRequired }: SignIn): Promise<Tokens> {
    if (mfaRequired === true) throw new SecondFactorRequiredError()
    const lifeMs = (expiresIn ?? 60) * 1000
    const now = this.#now()
    const tokens: Tokens = {
      access: accessToken,
      refresh: refreshToken ?? null,
      renewsAt: now + lifeMs - Math.min(longestMarginMs, lifeMs / 5),
      endsAt: now + lifeMs,
    }
    this.#tokens = tokens
    if (refreshToken !== undefined) await this.#settings.onRefreshToken(refreshToken)
    return tokens
  }
}
