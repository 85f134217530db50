// Warnings begin at 80 % of a limit, and 30, 14 and 7 days before the end: exactly there.
import fc from 'fast-check'
import t from 'tap'
import type { License } from '../../../../engine/worker/control/license.js'
import { warningsOf } from '../../../../engine/worker/control/license-json.js'

const none: License = {
  edition: 'msp',
  organisation: 'Acme',
  maxTenants: null,
  maxUsers: null,
  maxResources: null,
  maxNodes: null,
  features: [],
  expiresTime: null,
  development: false,
}
const unused = { tenants: 0, users: 0, resources: 0, nodes: 0 }
const now = 1_800_000_000_000
const day = 86_400_000

const codes = (license: Partial<License>, usage: Partial<typeof unused> = {}): string[] =>
  warningsOf({ ...none, ...license }, { ...unused, ...usage }, now).map(({ code }) => code)

t.test('80 and 100 %, of each limit', async (t) => {
  for (const [limit, used] of [
    ['maxTenants', 'tenants'],
    ['maxUsers', 'users'],
    ['maxResources', 'resources'],
    ['maxNodes', 'nodes'],
  ] as const) {
    const at = (count: number) => codes({ [limit]: 10 }, { [used]: count })
    t.same([7, 8, 9, 10, 11].map(at), [
      [],
      ['limit_near'],
      ['limit_near'],
      ['limit_reached'],
      ['limit_reached'],
    ])
  }
})

t.test('for any limit: never below four fifths, always from there on', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (limit) => {
      const first = Math.ceil((limit * 4) / 5)
      const below = codes({ maxUsers: limit }, { users: first - 1 })
      const there = codes({ maxUsers: limit }, { users: first })
      return below.length === 0 && there.length === 1
    }),
  )
})

t.test('unlimited warns of nothing; a limit of none is reached', async (t) => {
  t.same(codes({}, { users: 1e9 }), [])
  t.same(codes({ maxUsers: 0 }), ['limit_reached'])
})

const messages = (left: number): string[] =>
  warningsOf({ ...none, expiresTime: now + left }, unused, now).map(({ message }) => message)

t.test('30, 14 and 7 days, to the millisecond', async (t) => {
  for (const [days, sooner] of [
    [30, null],
    [14, 30],
    [7, 14],
  ] as const) {
    t.same(messages(days * day), [`the licence expires within ${days} days`])
    const before = sooner === null ? [] : [`the licence expires within ${sooner} days`]
    t.same(messages(days * day + 1), before)
  }
  t.same(messages(1), ['the licence expires within 7 days'])
  for (const left of [0, -1, -365 * day]) t.same(messages(left), ['the licence has expired'])
})

t.test('for any moment: the nearest step that is not yet past', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 * day }), (left) => {
      const step = [7, 14, 30].find((days) => left <= days * day)
      const [message] = messages(left)
      return message === (step && `the licence expires within ${step} days`)
    }),
  )
})

t.test('no end, no warning', async (t) => {
  t.same(codes({ expiresTime: null }), [])
})
