// Clients that ask for large answers and leave them where they are.
import type { Disturbance } from './disturbance.js'
import { flow, readBatch } from './flow.js'
import { noisyTenant } from './tenant.js'

const holdMs = 2_000
const fields = { note: 'x'.repeat(60_000) }
const entries = Array.from({ length: 100 }, (_, index) => ({
  name: `large-${index}`,
  folder: '/slow',
  type: 'note',
  fields,
}))

export const slowReaders: Disturbance = {
  id: 'slow-readers',
  title: '150 connections: batches of 100 entries of 60 KB, not read for 2 s, then asked for again',
  bounds: [],
  async prepare(site) {
    const { authorization, store } = await noisyTenant(site)
    const ids = await store(entries)
    return async () => {
      const requests = [readBatch(await authorization(), ids)]
      return {
        flows: [flow({ name: 'batches', connections: 150, requests, holdMs, expected: [200] })],
        hang: null,
      }
    }
  },
}
