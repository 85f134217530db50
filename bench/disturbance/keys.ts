// Bodies of very many keys: each costs a parser an entry of a table, and a validator a look.
import type { Disturbance } from './disturbance.js'
import { createEntry, flow } from './flow.js'
import { noisyTenant } from './tenant.js'

// 200,000 of them fit into 1 MiB only under one name; under names of their own, 110,000.
const objectOf = (length: number, nameOf: (index: number) => string): string =>
  `{${Array.from({ length }, (_, index) => `"${nameOf(index)}":0`).join(',')}}`
const oneName = objectOf(200_000, () => '')
// Four characters each.
const ownNames = objectOf(110_000, (index) => (36 ** 3 + index).toString(36))

export const keys: Disturbance = {
  id: 'keys',
  title: '64 connections: bodies of 200,000 keys of one name and 110,000 of names of their own',
  bounds: [],
  async prepare(site) {
    const { authorization } = await noisyTenant(site)
    return async () => {
      const token = await authorization()
      const requests = [createEntry(token, oneName), createEntry(token, ownNames)]
      return {
        flows: [flow({ name: 'keys', connections: 64, requests, expected: [400, 413] })],
        hang: null,
      }
    }
  },
}
