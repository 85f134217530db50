// Entries over the limit of one: each field is within its own limit, and the body within that of bodies.
import type { Disturbance } from './disturbance.js'
import { createEntry, flow } from './flow.js'
import { noisyTenant } from './tenant.js'

const fields = Object.fromEntries(
  Array.from({ length: 17 }, (_, index) => [`field-${index}`, 'x'.repeat(60_000)]),
)
const body = JSON.stringify({ name: 'large', folder: '/large', type: 'note', fields })

export const large: Disturbance = {
  id: 'large',
  title: '64 connections: entries of 1 MB of fields, over the limit',
  bounds: [],
  async prepare(site) {
    const { authorization } = await noisyTenant(site)
    return async () => {
      const requests = [createEntry(await authorization(), body)]
      return {
        flows: [flow({ name: 'large', connections: 64, requests, expected: [400, 413] })],
        hang: null,
      }
    }
  },
}
