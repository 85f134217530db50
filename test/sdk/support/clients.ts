// Clients of the two planes against a test's server, with a clock that the test moves and jitter that it knows.
import type { Test } from 'tap'
import { ManagementClient, type SecretCacheOptions, TenantClient } from '../../../sdk/src/index.js'
import { TestClock, callTimeout } from './clock.js'
import { type Answering, type ContractServer, contractServer } from './server.js'

export const credentials = { username: 'alice', password: 'correct horse battery staple' }

export interface Ground<Client> {
  readonly server: ContractServer
  readonly clock: TestClock
  readonly client: Client
}

type Routes = Readonly<Record<string, Answering>>

export const tenantGround = async (
  t: Pick<Test, 'teardown'>,
  routes: Routes,
  cache?: SecretCacheOptions,
): Promise<Ground<TenantClient>> => {
  const server = await contractServer(t, routes)
  const clock = new TestClock()
  const client = new TenantClient({
    baseUrl: server.baseUrl,
    tenant: 'acme-corp',
    credentials,
    timeoutMs: callTimeout,
    clock,
    random: () => 0.5,
    cache,
  })
  return { server, clock, client }
}

export const managementGround = async (
  t: Pick<Test, 'teardown'>,
  routes: Routes,
): Promise<Ground<ManagementClient>> => {
  const server = await contractServer(t, routes)
  const clock = new TestClock()
  const client = new ManagementClient({
    baseUrl: server.baseUrl,
    credentials: { username: 'admin', password: credentials.password },
    timeoutMs: callTimeout,
    clock,
    random: () => 0.5,
  })
  return { server, clock, client }
}

/** What a promise rejects with. */
export const rejection = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not reject')
}

export const id = '0197a1c2-7d3e-7c41-9b55-3f6f0c1d2e4a'

export const entry = {
  id,
  name: 'root',
  folder: '/prod/db',
  type: 'database',
  tags: [],
  version: 3,
  createdUtc: '2026-01-31T09:15:00.000Z',
  updatedUtc: '2026-01-31T09:15:00.000Z',
}

export const secret = { id, version: 3, fields: { username: 'root', password: 's3cr3t' } }
