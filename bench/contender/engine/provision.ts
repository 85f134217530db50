// Fills an engine through its REST API, as a service provider and a tenant's first administrator would.
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { callFor } from '../../http-call.js'
import type { BenchEntry } from '../entry.js'

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

/** An Authorization header, good for ten minutes. */
export const signIn = async (port: number, credentials: Credentials): Promise<string> => {
  const options = { method: 'POST', body: credentials } as const
  const { accessToken } = await callFor(port, '/api/v1/auth/login', [200], options)
  return `Bearer ${String(accessToken)}`
}

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
  const password = randomBytes(18).toString('base64url')
  const claim = { method: 'POST', body: { token: result.setupToken, password } } as const
  await callFor(port, '/api/v1/auth/setup', [200], claim)
  return { tenant: shortCode, username: result.adminUsername, password }
}

/** Answers the ids, in the entries' order. */
export const storeEntries = async (
  port: number,
  authorization: string,
  entries: readonly BenchEntry[],
): Promise<string[]> => {
  const ids: string[] = []
  for (const body of entries) {
    const options = { method: 'POST', authorization, body } as const
    const { id } = await callFor(port, '/api/v1/vault/entries', [201], options)
    ids.push(String(id))
  }
  return ids
}
