// The client of the management plane. There is no call here that answers anything of a tenant's content.
import { Caller } from './call/caller.js'
import type { PasswordCredentials, RefreshCredentials } from './call/credentials.js'
import type { License } from './contract.js'
import { Operations } from './management/operations.js'
import { Tenants } from './management/tenants.js'
import type { CallOptions, ClientOptions } from './options.js'

export interface ManagementClientOptions extends ClientOptions {
  readonly credentials: PasswordCredentials | RefreshCredentials
}

export class ManagementClient {
  readonly tenants: Tenants
  readonly operations: Operations
  readonly #caller: Caller

  constructor(options: ManagementClientOptions) {
    this.#caller = new Caller(options, options.credentials)
    this.operations = new Operations(this.#caller)
    this.tenants = new Tenants(this.#caller, this.operations)
  }

  /** The licence in force and its use. */
  async license(options: CallOptions = {}): Promise<License> {
    const { data } = await this.#caller.read('getLicense', options, (api, attempt) =>
      api.GET('/api/v1/admin/license', attempt),
    )
    return data
  }

  /** Signs in now, to see whether the credentials are good; without it the first call does. */
  signIn(options: CallOptions = {}): Promise<void> {
    return this.#caller.signIn(options)
  }

  /** Ends the session and forgets its tokens. The next call would sign in again. */
  logout(options: CallOptions = {}): Promise<void> {
    return this.#caller.logout(options)
  }
}
