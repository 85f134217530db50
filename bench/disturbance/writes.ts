// A tenant that imports: small entries, one after the other.
import { serial } from '../traffic/messages.js'
import type { Disturbance } from './disturbance.js'
import { createEntry, flow } from './flow.js'
import { noisyTenant } from './tenant.js'

const bodyOf = (run: number): string => {
  const fields = { username: 'root', password: 'correct horse battery staple' }
  const folder = `/writes/${run}`
  return JSON.stringify({ name: `entry-${serial}`, folder, type: 'password', fields })
}

export const writes: Disturbance = {
  id: 'writes',
  title: '64 connections: new entries',
  bounds: [],
  async prepare(site) {
    const { authorization } = await noisyTenant(site)
    let run = 0
    return async () => {
      const requests = [createEntry(await authorization(), bodyOf(++run))]
      return {
        flows: [flow({ name: 'created', connections: 64, requests, expected: [201] })],
        hang: null,
      }
    }
  },
}
