// A tenant whose database answers nothing: the provider asks its summary, its own people read secrets, and the provider
// asks the summary of the tenant measured, which must not wait for it.
import { secretPath } from '../contender/contender.js'
import { signIn } from '../contender/engine/provision.js'
import { benchEntries } from '../contender/entry.js'
import { callFor } from '../http-call.js'
import type { FlowPlan } from '../traffic/messages.js'
import type { Disturbance, Site } from './disturbance.js'
import { flow, get } from './flow.js'
import { noisyTenant } from './tenant.js'

const summaryPath = (id: string): string => `/api/v1/msp/tenants/${id}/audit/summary`
const neighbour = 'summary of the neighbour'

/** Ids by short code. */
const tenantIds = async (
  { port, provider }: Site['engine'],
  codes: readonly string[],
): Promise<string[]> => {
  const authorization = await signIn(port, provider)
  const path = '/api/v1/msp/tenants?pageSize=200'
  const answer: unknown = await callFor(port, path, [200], { authorization })
  const tenants = answer as { id: string; shortCode: string }[]
  return codes.map((code) => tenants.find(({ shortCode }) => shortCode === code)!.id)
}

const hanging = { expected: [503], hangs: true } as const

const flowsOf = (
  provider: string,
  [hung, measured]: readonly string[],
  own: { readonly token: string; readonly secret: string },
): FlowPlan[] => [
  flow({
    ...hanging,
    name: 'summary of the hung one',
    connections: 4,
    requests: [get(provider, summaryPath(hung!))],
  }),
  flow({
    ...hanging,
    name: 'its own reads',
    connections: 4,
    requests: [get(own.token, own.secret)],
  }),
  flow({
    name: neighbour,
    connections: 1,
    requests: [get(provider, summaryPath(measured!))],
    expected: [200],
    hangs: true,
    tolerated: [],
  }),
]

export const hung: Disturbance = {
  id: 'hung',
  title:
    'a database that hangs: 4 connections of the provider ask its summary, 4 of its people read',
  bounds: [
    {
      promise: 'the provider’s summary of another tenant while one hangs, the slowest',
      flow: neighbour,
      slowestMs: 3_000,
    },
  ],
  async prepare(site) {
    const { engine, measured, shortCode } = site
    const { authorization, store } = await noisyTenant(site)
    const [id] = await store(benchEntries(1))
    const ids = await tenantIds(engine, [shortCode, measured.tenant!])
    const secret = secretPath(id!)
    return async () => {
      const provider = await signIn(engine.port, engine.provider)
      const token = await authorization()
      // So that there is a backend to stop.
      await callFor(engine.port, secret, [200], { authorization: token })
      const hang = engine.databaseOf(shortCode)
      return { flows: flowsOf(provider, ids, { token, secret }), hang }
    }
  },
}
