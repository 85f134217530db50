// The client of one tenant. Signs in at its first call and holds nothing open: no socket, and no timer beyond a call
// but the one that empties the cache.
import { Caller } from './call/caller.js'
import type {
  ClaimCredentials,
  PasswordCredentials,
  TenantCredentials,
} from './call/credentials.js'
import { TenantClientCalls } from './generated/tenant.js'
import type { CallOptions, ClientOptions } from './options.js'
import { SecretCache, type SecretCacheOptions } from './tenant/secret-cache.js'
import { Vault } from './tenant/vault.js'

type NeedTenant = PasswordCredentials | ClaimCredentials

/** The tenant's short code is needed where the credentials do not name the tenant themselves. */
type Who =
  | {
      /** Short code of the tenant. */
      readonly tenant: string
      /** Who signs in. */
      readonly credentials: NeedTenant
    }
  | {
      /** Short code of the tenant; these credentials name it themselves. */
      readonly tenant?: string | undefined
      /** Who signs in. */
      readonly credentials: Exclude<TenantCredentials, NeedTenant>
    }

/** Of a client of one tenant. */
export type TenantClientOptions = ClientOptions &
  Who & {
    /** Off unless given. */
    readonly cache?: SecretCacheOptions | undefined
  }

/** A one-time set-up token, or the claim of a tenant that was provisioned with `adminClaim`. */
export type SetUpOptions = ClientOptions & {
  /** The account's first password, of at least twelve characters. */
  readonly password: string
  /** Off unless given. */
  readonly cache?: SecretCacheOptions | undefined
} & (
    | {
        /** The one-time set-up token, which names the tenant itself. */
        readonly token: string
        /** Short code of the tenant. */
        readonly tenant?: string | undefined
      }
    | {
        /** The code whose hash was `adminClaim`. */
        readonly claim: string
        /** Short code of the tenant. */
        readonly tenant: string
      }
  )

/** The client of one tenant: its vault, its users, its audit log. */
export class TenantClient extends TenantClientCalls {
  /** Entries and their secrets. Only reading a secret answers its fields, and the engine audits each time it does. */
  override readonly vault: Vault
  readonly #caller: Caller
  readonly #cache: SecretCache | null

  /** Sends nothing; throws for options that cannot work. */
  constructor(options: TenantClientOptions) {
    const caller = new Caller(options, options.credentials, options.tenant)
    super(caller)
    this.#caller = caller
    this.#cache =
      options.cache === undefined ? null : new SecretCache(options.cache, caller.settings.clock)
    this.vault = new Vault(caller, this.#cache)
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
  override async logout(options: CallOptions = {}): Promise<void> {
    this.#cache?.clear()
    await this.#caller.logout(options)
  }
}
