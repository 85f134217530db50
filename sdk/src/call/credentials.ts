// How a session begins. The functions made here are all that holds what was given; nothing prints or serialises them.
import type { OperationName, SignIn } from '../contract.js'
import type { Send } from './exchange.js'

/** A person's name and password. */
export interface PasswordCredentials {
  /** As it is in the tenant, or on the management plane. */
  readonly username: string
  /** Kept in memory for as long as the client, to sign in again. */
  readonly password: string
}

/** A program's account. The engine does not serve these yet. */
export interface ServiceAccountCredentials {
  /** Names the account and its tenant. */
  readonly clientId: string
  /** Kept in memory for as long as the client, to sign in again. */
  readonly clientSecret: string
}

/** Claims an account: good once. The session is then kept by its refresh token alone. */
export interface SetupCredentials {
  /** The one-time token; it names tenant and account. */
  readonly setupToken: string
  /** The account's first password. */
  readonly password: string
}

/** Claims a tenant that was provisioned with `adminClaim`: good once. */
export interface ClaimCredentials {
  /** The code whose hash was `adminClaim`. */
  readonly claim: string
  /** The first administrator's password. */
  readonly password: string
}

/** Goes on with a session; each refresh token is good once, see `onRefreshToken`. */
export interface RefreshCredentials {
  /** Of a sign-in before, or the last one that `onRefreshToken` told. */
  readonly refreshToken: string
}

/** What a client of a tenant may sign in with. */
export type TenantCredentials =
  | PasswordCredentials
  | ServiceAccountCredentials
  | SetupCredentials
  | ClaimCredentials
  | RefreshCredentials

export interface SignInCall {
  readonly operation: OperationName
  /** A claim is a write: it is sent once, and starts no second session. */
  readonly once: boolean
  readonly send: Send<SignIn>
}

export const refreshCall = (refreshToken: string): SignInCall => ({
  operation: 'refreshSession',
  once: false,
  send: (api, attempt) => api.POST('/api/v1/auth/refresh', { body: { refreshToken }, ...attempt }),
})

const loginCall = (
  { username, password }: PasswordCredentials,
  tenant: string | undefined,
): SignInCall => ({
  operation: 'login',
  once: false,
  send: (api, attempt) =>
    api.POST('/api/v1/auth/login', {
      body: { ...(tenant === undefined ? {} : { tenant }), username, password },
      ...attempt,
    }),
})

const tokenCall = ({ clientId, clientSecret }: ServiceAccountCredentials): SignInCall => ({
  operation: 'issueToken',
  once: false,
  send: (api, attempt) =>
    api.POST('/api/v1/auth/token', { body: { clientId, clientSecret }, ...attempt }),
})

type SetupBody =
  { token: string; password: string } | { tenant: string; claim: string; password: string }

const setupCall = (body: SetupBody): SignInCall => ({
  operation: 'setUpAccount',
  once: true,
  send: (api, attempt) => api.POST('/api/v1/auth/setup', { body, ...attempt }),
})

/** Null: there is only a refresh token. */
export const signInCallOf = (
  credentials: TenantCredentials,
  tenant: string | undefined,
): SignInCall | null => {
  if ('refreshToken' in credentials) return null
  if ('clientId' in credentials) return tokenCall(credentials)
  if ('username' in credentials) return loginCall(credentials, tenant)
  const { password } = credentials
  if ('setupToken' in credentials) return setupCall({ token: credentials.setupToken, password })
  if (tenant === undefined) throw new TypeError('a claim needs the tenant')
  return setupCall({ tenant, claim: credentials.claim, password })
}
