// The client of one tenant. Signs in at its first call and holds nothing open: no socket, and no timer beyond a call
// but the one that empties the cache.
import { Caller } from './call/caller.js'
import type {
  ClaimCredentials,
  PasswordCredentials,
  TenantCredentials,
} from './call/credentials.js'
import type { OwnTenant, TenantHealth } from './contract.js'
import type { CallOptions, ClientOptions } from './options.js'
import { Audit } from './tenant/audit.js'
import { SecretCache, type SecretCacheOptions } from './tenant/secret-cache.js'
import { Users } from './tenant/users.js'
import { Vault } from './tenant/vault.js'

type NeedTenant = PasswordCredentials | ClaimCredentials

/** The tenant's short code is needed where the credentials do not name the tenant themselves. */
type Who =
  | { readonly tenant: string; readonly credentials: NeedTenant }
  | {
      readonly tenant?: string | undefined
      readonly credentials: Exclude<TenantCredentials, NeedTenant>
    }

export type TenantClientOptions = ClientOptions &
  Who & {
    /** Off unless given. */
    readonly cache?: SecretCacheOptions | undefined
  }

/** A one-time set-up token, or the claim of a tenant that was provisioned with `adminClaim`. */
export type SetUpOptions = ClientOptions & {
  readonly password: string
  readonly cache?: SecretCacheOptions | undefined
} & (
    | { readonly token: string; readonly tenant?: string | undefined }
    | { readonly claim: string; readonly tenant: string }
  )

class OwnTenantCalls {
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
  }

  async get(options: CallOptions = {}): Promise<OwnTenant> {
    const { data } = await this.#caller.read('getTenant', options, (api, attempt) =>
      api.GET('/api/v1/tenant', attempt),
    )
    return data
  }

  async health(options: CallOptions = {}): Promise<TenantHealth> {
    const { data } = await this.#caller.read('getTenantHealth', options, (api, attempt) =>
      api.GET('/api/v1/tenant/health', attempt),
    )
    return data
  }
}

export class TenantClient {
  readonly tenant: OwnTenantCalls
  readonly users: Users
  readonly vault: Vault
  readonly audit: Audit
  readonly #caller: Caller
  readonly #cache: SecretCache | null

  constructor(options: TenantClientOptions) {
    this.#caller = new Caller(options, options.credentials, options.tenant)
    this.#cache =
      options.cache === undefined
        ? null
        : new SecretCache(options.cache, this.#caller.settings.clock)
    this.tenant = new OwnTenantCalls(this.#caller)
    this.users = new Users(this.#caller)
    this.vault = new Vault(this.#caller, this.#cache)
    this.audit = new Audit(this.#caller)
  }

  /** Claims an account: sets its password and answers a client that is signed in. */
  static async setUp(options: SetUpOptions, call: CallOptions = {}): Promise<TenantClient> {
    const { password } = options
    const client =
      'token' in options
        ? new TenantClient({ ...options, credentials: { setupToken: options.token, password } })
        : new TenantClient({ ...options, credentials: { claim: options.claim, password } })
    await client.signIn(call)
    return client
  }

  /** Signs in now, to see whether the credentials are good; without it the first call does. */
  signIn(options: CallOptions = {}): Promise<void> {
    return this.#caller.signIn(options)
  }

  /** Ends the session and forgets its tokens and secrets. The next call would sign in again. */
  async logout(options: CallOptions = {}): Promise<void> {
    this.#cache?.clear()
    await this.#caller.logout(options)
  }
}
