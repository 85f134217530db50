// A tenant that filters its list of entries: what is sealed is found by opening it.
import { benchEntries } from '../contender/entry.js'
import type { Disturbance } from './disturbance.js'
import { flow, get } from './flow.js'
import { noisyTenant } from './tenant.js'

const entries = benchEntries(2_000).map((entry, index) => ({
  ...entry,
  folder: index % 2 === 0 ? '/lists/even' : '/lists/odd',
  tags: [index % 4 === 0 ? 'fourth' : 'other'],
}))

const filters = ['tag=fourth&pageSize=200', 'tag=other&page=7&pageSize=200', 'folder=/lists/even']

export const lists: Disturbance = {
  id: 'lists',
  title: '16 connections: lists of 2,000 entries by tag and by folder',
  bounds: [],
  async prepare(site) {
    const { authorization, store } = await noisyTenant(site)
    await store(entries)
    return async () => {
      const token = await authorization()
      const requests = filters.map((filter) => get(token, `/api/v1/vault/entries?${filter}`))
      return {
        flows: [flow({ name: 'lists', connections: 16, requests, expected: [200] })],
        hang: null,
      }
    }
  },
}
