// The REST API as a caller sees it: plain fetch, nothing of the engine's own code, so that tests see what clients see.
import type { EngineAddress } from './engine.js'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed body; undefined where there is none. What a test looks into differs from answer to answer. */
  readonly body: Json
}
/** JSON as tests like to read it: any path may be asked for, a missing one is undefined. */
export type Json = { readonly [key: string]: Json } & readonly Json[] & string

export interface CallOptions {
  readonly token?: string | null
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Call = (method: string, path: string, options?: CallOptions) => Promise<Answer>

const parse = (text: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined as unknown as Json
  }
}

/** `path` without its `/api/v1` unless it begins with `/`. */
export const apiOf =
  (url: string): Call =>
  async (method, path, { token = null, body, headers = {} } = {}) => {
    const response = await fetch(`${url}${path.startsWith('/') ? path : `/api/v1/${path}`}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parse(text) }
  }

/** A body without what differs from answer to answer. */
export const anonymous = (text: string): string => text.replace(/"requestId":"[^"]*"/, '')

const expected = (answer: Answer, ...statuses: number[]): Answer => {
  if (!statuses.includes(answer.status))
    throw new Error(`answered ${answer.status}: ${answer.text}`)
  return answer
}

export const signInAdmin = async (engine: EngineAddress): Promise<string> => {
  const body = { username: 'admin', password: engine.adminPassword }
  return expected(await apiOf(engine.url)('POST', 'auth/login', { body }), 200).body['accessToken']!
}

export interface SetUpTenant {
  readonly id: string
  readonly shortCode: string
  readonly operationId: string
  readonly adminUsername: string
  readonly setupToken: string
}

export const tenantPassword = 'correct horse battery staple'

/** Provisioned, and waited for; nobody has claimed it. */
export const provision = async (
  engine: EngineAddress,
  admin: string,
  shortCode: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<SetUpTenant> => {
  const call = apiOf(engine.url)
  const body = {
    shortCode,
    displayName: `Tenant ${shortCode}`,
    contactEmail: `it@${shortCode.toLowerCase()}.example`,
    ...more,
  }
  const headers = { prefer: 'wait=60' }
  const made = expected(await call('POST', 'msp/tenants', { token: admin, body, headers }), 201)
  const { id, operationId } = made.body as unknown as SetUpTenant
  const operation = await call('GET', `msp/operations/${operationId}`, { token: admin })
  const { adminUsername, setupToken } = expected(operation, 200).body[
    'result'
  ] as unknown as SetUpTenant
  return { id, shortCode, operationId, adminUsername, setupToken }
}

export interface ReadyTenant extends SetUpTenant {
  /** Access token of its first administrator. */
  readonly token: string
  readonly refreshToken: string
}

/** Provisioned and claimed. */
export const readyTenant = async (
  engine: EngineAddress,
  admin: string,
  shortCode: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<ReadyTenant> => {
  const tenant = await provision(engine, admin, shortCode, more)
  const body = { token: tenant.setupToken, password: tenantPassword }
  const answer = expected(await apiOf(engine.url)('POST', 'auth/setup', { body }), 200).body
  return { ...tenant, token: answer['accessToken']!, refreshToken: answer['refreshToken']! }
}

/** A user of the tenant who has a password, and an access token of theirs. */
export const readyUser = async (
  engine: EngineAddress,
  tenant: ReadyTenant,
  username: string,
  roles: readonly string[],
): Promise<{ readonly id: string; readonly token: string }> => {
  const call = apiOf(engine.url)
  const body = { username, displayName: username, email: `${username}@example.org`, roles }
  const made = expected(await call('POST', 'users', { token: tenant.token, body }), 201).body
  const setUp = { token: made['setupToken'], password: tenantPassword }
  const answer = expected(await call('POST', 'auth/setup', { body: setUp }), 200).body
  return { id: made['id']!, token: answer['accessToken']! }
}
