// A tenant that has its audit log verified, over and over: the longest piece of work that there is.
import { benchEntries } from '../contender/entry.js'
import { callFor } from '../http-call.js'
import type { Disturbance } from './disturbance.js'
import { flow, get } from './flow.js'
import { noisyTenant } from './tenant.js'

/** Of 100 secrets each: an event for every one. */
const readsBefore = 50
const paths = ['/api/v1/audit/verify', '/api/v1/audit/verify?deep=true']

const readAll = async (port: number, authorization: string, ids: string[]): Promise<void> => {
  for (let read = 0; read < readsBefore; read++)
    await callFor(port, '/api/v1/vault/secrets/read', [200], {
      method: 'POST',
      authorization,
      body: { ids },
    })
}

export const verify: Disturbance = {
  id: 'verify',
  title: '8 connections: audit/verify over 5,000 events, every second one deep',
  bounds: [],
  async prepare(site) {
    const { authorization, store } = await noisyTenant(site)
    const ids = await store(benchEntries(100))
    await readAll(site.engine.port, await authorization(), ids)
    return async () => {
      const token = await authorization()
      const requests = paths.map((path) => get(token, path))
      return {
        flows: [flow({ name: 'verified', connections: 8, requests, expected: [200] })],
        hang: null,
      }
    }
  },
}
