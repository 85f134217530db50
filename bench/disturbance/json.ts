// Deeply nested bodies of a user without any right: the dearest JSON there is to parse, byte for byte.
import type { Disturbance } from './disturbance.js'
import { createEntry, flow } from './flow.js'
import { noisyTenant } from './tenant.js'

const depth = 500_000
const body = '['.repeat(depth) + ']'.repeat(depth)

export const json: Disturbance = {
  id: 'json',
  title: '64 connections: bodies of 1 MB of [[[…, by a user without rights',
  bounds: [],
  async prepare(site) {
    const authorization = await (await noisyTenant(site)).addUserWithoutRights()
    return async () => {
      const requests = [createEntry(await authorization(), body)]
      return {
        flows: [flow({ name: 'nested', connections: 64, requests, expected: [400, 413] })],
        hang: null,
      }
    }
  },
}
