// How a session begins. The functions made here are all that holds what was given; nothing prints or serialises them.
import type { OperationName, SignIn } from '../contract.js'
import type { Send } from './exchange.js'

export interface PasswordCredentials {
  readonly username: string
  readonly password: string
}

export interface ServiceAccountCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

/** Claims an account: good once. The session is then kept by its refresh token alone. */
export interface SetupCredentials {
  readonly setupToken: string
  readonly password: string
}

/** Claims a tenant that was provisioned with `adminClaim`: good once. */
export interface ClaimCredentials {
  readonly claim: string
  readonly password: string
}

/** Goes on with a session; each refresh token is good once, see `onRefreshToken`. */
export interface RefreshCredentials {
  readonly refreshToken: string
}

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
