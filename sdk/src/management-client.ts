// The client of the management plane. There is no call here that answers anything of a tenant's content.
import { Caller } from './call/caller.js'
import type { PasswordCredentials, RefreshCredentials } from './call/credentials.js'
import { ManagementClientCalls } from './generated/management.js'
import { Operations } from './management/operations.js'
import type { CallOptions, ClientOptions } from './options.js'

/** Of a client of the management plane. */
export interface ManagementClientOptions extends ClientOptions {
  /** Who signs in. */
  readonly credentials: PasswordCredentials | RefreshCredentials
}

/** The client of the management plane: the fleet, never what is in it. */
export class ManagementClient extends ManagementClientCalls {
  /** Operations of the fleet, by the id that started them. */
  override readonly operations: Operations
  readonly #caller: Caller

  /** Sends nothing; throws for options that cannot work. */
  constructor(options: ManagementClientOptions) {
    const caller = new Caller(options, options.credentials)
    super(caller)
    this.#caller = caller
    this.operations = new Operations(caller)
  }

  /** Signs in now, to see whether the credentials are good; without it the first call does. */
  signIn(options: CallOptions = {}): Promise<void> {
    return this.#caller.signIn(options)
  }

  /** Ends the session and forgets its tokens. The next call would sign in again. */
  override logout(options: CallOptions = {}): Promise<void> {
    return this.#caller.logout(options)
  }
}
