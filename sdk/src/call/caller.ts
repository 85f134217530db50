// Carries out the calls of a client: time, token, retries. A write is sent once; only a 401, which says that nothing
// was done, lets it be sent again with a new token.
import type { OperationName } from '../contract.js'
import { TimeoutError } from '../errors.js'
import {
  type CallOptions,
  type ClientOptions,
  type Settings,
  milliseconds,
  settingsOf,
} from '../options.js'
import { type TenantCredentials, signInCallOf } from './credentials.js'
import { type Exchange, type Reply, type Send, createExchange } from './exchange.js'
import { retrying } from './retry.js'
import { type Scope, withinScope } from './scope.js'
import { Session, isRefused } from './session.js'

export class Caller {
  readonly settings: Settings
  readonly #exchange: Exchange
  readonly #session: Session

  constructor(options: ClientOptions, credentials: TenantCredentials, tenant?: string) {
    this.settings = settingsOf(options)
    this.#exchange = createExchange(this.settings)
    this.#session = new Session({
      settings: this.settings,
      exchange: this.#exchange,
      signIn: signInCallOf(credentials, tenant),
      refreshToken: 'refreshToken' in credentials ? credentials.refreshToken : null,
    })
  }

  read<T>(operation: OperationName, options: CallOptions, send: Send<T>): Promise<Reply<T>> {
    return this.#within(operation, options, (scope) =>
      this.#authorized((token) =>
        retrying(this.settings, scope, () => this.#attempt(operation, scope, token, send)),
      ),
    )
  }

  write<T>(operation: OperationName, options: CallOptions, send: Send<T>): Promise<Reply<T>> {
    return this.#within(operation, options, (scope) =>
      this.#authorized((token) => this.#attempt(operation, scope, token, send)),
    )
  }

  async signIn(options: CallOptions): Promise<void> {
    await this.#within('login', options, () => this.#session.token())
  }

  /** Ends the session where there is one. One that is over already is no error. */
  async logout(options: CallOptions): Promise<void> {
    await this.#within('logout', options, async ({ signal }) => {
      const token = await this.#session.leave()
      if (token === null) return
      const ended = this.#exchange('logout', signal, token, (api, attempt) =>
        api.POST('/api/v1/auth/logout', attempt),
      )
      await ended.catch((error: unknown) => {
        if (!isRefused(error)) throw error
      })
    })
  }

  async #authorized<T>(work: (token: string) => Promise<T>): Promise<T> {
    const token = await this.#session.token()
    try {
      return await work(token)
    } catch (error) {
      if (!isRefused(error)) throw error
      this.#session.reject(token)
    }
    return work(await this.#session.token())
  }

  async #attempt<T>(
    operation: OperationName,
    { signal }: Scope,
    token: string,
    send: Send<T>,
  ): Promise<Reply<T>> {
    // The token may have come after the caller had gone; a write must not be sent then.
    signal.throwIfAborted()
    return this.#exchange(operation, signal, token, send)
  }

  #within<T>(
    operation: OperationName,
    options: CallOptions,
    work: (scope: Scope) => Promise<T>,
  ): Promise<T> {
    const { clock } = this.settings
    const timeoutMs = milliseconds(options.timeoutMs ?? this.settings.timeoutMs)
    const timedOut = (): Error => new TimeoutError(operation, timeoutMs)
    return withinScope({ clock, timeoutMs, signal: options.signal, timedOut }, work)
  }
}
