// A tenant that reads its vault a hundred secrets at a time.
import { benchEntries } from '../contender/entry.js'
import type { Disturbance } from './disturbance.js'
import { flow, readBatch } from './flow.js'
import { noisyTenant } from './tenant.js'

export const batches: Disturbance = {
  id: 'batches',
  title: '16 connections: batches of 100 secrets',
  bounds: [],
  async prepare(site) {
    const { authorization, store } = await noisyTenant(site)
    const ids = await store(benchEntries(100))
    return async () => {
      const requests = [readBatch(await authorization(), ids)]
      return {
        flows: [flow({ name: 'batches', connections: 16, requests, expected: [200] })],
        hang: null,
      }
    }
  },
}
