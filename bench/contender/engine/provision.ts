// Fills an engine through its REST API, as a service provider and a tenant's first administrator would.
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { callFor } from '../../http-call.js'

export interface Credentials {
  readonly tenant?: string
  readonly username: string
  readonly password: string
}

interface Provisioned {
  readonly status: string
  readonly result?: { readonly adminUsername: string; readonly setupToken: string }
}

const longestWaitMs = 60_000
const pollMs = 100

/** As it is sent. */
export interface EntryBody {
  readonly name: string
  readonly folder: string
  readonly type: string
  readonly fields: Readonly<Record<string, string>>
  readonly tags?: readonly string[]
}

type SignIn = Readonly<Record<'accessToken' | 'refreshToken', string>>

const authenticate = async (port: number, path: string, body: object): Promise<SignIn> =>
  (await callFor(port, `/api/v1/auth/${path}`, [200], { method: 'POST', body })) as SignIn

/** An Authorization header, good for ten minutes. */
export const signIn = async (port: number, credentials: Credentials): Promise<string> =>
  `Bearer ${(await authenticate(port, 'login', credentials)).accessToken}`

/** Authorization headers of one session, none of them shown to the engine yet. */
export const freshTokens = async (
  port: number,
  credentials: Credentials,
  count: number,
): Promise<string[]> => {
  let { refreshToken } = await authenticate(port, 'login', credentials)
  const tokens: string[] = []
  while (tokens.length < count) {
    const next = await authenticate(port, 'refresh', { refreshToken })
    tokens.push(`Bearer ${next.accessToken}`)
    refreshToken = next.refreshToken
  }
  return tokens
}

const newPassword = (): string => randomBytes(18).toString('base64url')

const followOperation = async (
  port: number,
  id: string,
  authorization: string,
): Promise<NonNullable<Provisioned['result']>> => {
  const path = `/api/v1/msp/operations/${id}`
  for (let waited = 0; waited < longestWaitMs; waited += pollMs) {
    const operation = (await callFor(port, path, [200], {
      authorization,
    })) as unknown as Provisioned
    if (operation.result) return operation.result
    if (operation.status === 'failed') break
    await pause(pollMs)
  }
  throw new Error('the tenant was not provisioned')
}

/** Makes a tenant and claims it; answers its administrator. */
export const provision = async (
  port: number,
  management: Credentials,
  shortCode: string,
): Promise<Credentials> => {
  const authorization = await signIn(port, management)
  const body = { shortCode, displayName: 'Bench', contactEmail: 'admin@bench.example' }
  const tenants = { method: 'POST', authorization, body, prefer: 'wait=30' } as const
  const { operationId } = await callFor(port, '/api/v1/msp/tenants', [201, 202], tenants)
  const result = await followOperation(port, String(operationId), authorization)
  const password = newPassword()
  await authenticate(port, 'setup', { token: result.setupToken, password })
  return { tenant: shortCode, username: result.adminUsername, password }
}

/** With the role `pam_user` alone, which has no right in any folder. */
export const createUser = async (
  port: number,
  authorization: string,
  tenant: string,
  username: string,
): Promise<Credentials> => {
  const body = {
    username,
    displayName: username,
    email: `${username}@bench.example`,
    roles: ['pam_user'],
  }
  const options = { method: 'POST', authorization, body } as const
  const { setupToken } = await callFor(port, '/api/v1/users', [201], options)
  const password = newPassword()
  await authenticate(port, 'setup', { token: setupToken, password })
  return { tenant, username, password }
}

/** Answers the ids, in the entries' order. */
export const storeEntries = async (
  port: number,
  authorization: string,
  entries: readonly EntryBody[],
): Promise<string[]> => {
  const ids: string[] = []
  for (const body of entries) {
    const options = { method: 'POST', authorization, body } as const
    const { id } = await callFor(port, '/api/v1/vault/entries', [201], options)
    ids.push(String(id))
  }
  return ids
}
