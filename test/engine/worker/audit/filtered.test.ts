// Promise: a filtered listing is the whole listing, filtered; however it is paged.
import fc from 'fast-check'
import t from 'tap'
import { newId, type Uuid } from '../../../../engine/ids.js'
import {
  type ActionName,
  actions,
  type Outcome,
  outcomes,
} from '../../../../engine/worker/audit/actions.js'
import type { AuditEventJson } from '../../../../engine/worker/audit/event.js'
import { type EventFilter, everyEvent } from '../../../../engine/worker/audit/event-filter.js'
import { AuditReader } from '../../../../engine/worker/audit/reader.js'
import type { AuditPosition } from '../../../../engine/worker/store/store.js'
import { generateCek } from '../../../../engine/worker/keys/keyring.js'
import { clock, freshTenant, open } from '../keys/fixture.js'
import { Bench, eventOf } from './fixture.js'

const start = 1_700_000_000_000
const minute = 60_000
const people = [newId(), newId(), newId(), newId()]
const entries = [newId(), newId(), newId()]
const names = ['vault.secret.read', 'auth.login', 'user.create'] as const
const ends = ['success', 'denied', 'failure'] as const

const readerOf = (bench: Bench): AuditReader =>
  new AuditReader({
    store: bench.store,
    keys: bench.keys,
    giveWay: () => Promise.resolve(),
  })

const walk = async (bench: Bench, filter: EventFilter, limit: number) => {
  const reader = readerOf(bench)
  const items: AuditEventJson[] = []
  for (let last: AuditPosition | null = null; ;) {
    const page = await reader.page(last, limit, filter)
    if (page.items.length > limit) throw new Error('a page is longer than it may be')
    items.push(...page.items)
    if (page.last === null) return items
    last = page.last
  }
}

const any = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

interface Happened {
  readonly actor: Uuid
  readonly target: Uuid
  readonly action: ActionName
  readonly outcome: Outcome
  readonly minutes: number
}

const event: fc.Arbitrary<Happened> = fc.record({
  actor: any(people),
  target: any(entries),
  action: any<ActionName>(names),
  outcome: any<Outcome>(ends),
  minutes: fc.nat(240),
})

/** Groups of events, each committed by itself, by one of two writers in turn. */
const written = async (groups: readonly (readonly Happened[])[]): Promise<Bench> => {
  const bench = new Bench()
  const logs = [bench.log({ writer: 'node-a' }), bench.log({ writer: 'node-b' })]
  for (const [n, group] of groups.entries())
    await Promise.all(
      group.map(({ actor, target, action, outcome, minutes }) =>
        logs[n % 2]!.append({
          ...eventOf(),
          action,
          outcome,
          actor: { type: 'user', id: actor, name: '' },
          target: { type: 'vault-entry', id: target },
          time: start + minutes * minute,
        }),
      ),
    )
  return bench
}

const maybe = <T>(values: readonly T[]) => fc.option(any(values), { freq: 1 })
const moment = fc.nat(250).map((minutes) => start + minutes * minute)
const filters = fc.record({
  actor: maybe([...people, newId()]),
  target: maybe(entries),
  action: maybe(names.map((name) => actions[name])),
  outcome: maybe(Object.values(outcomes)),
  from: fc.oneof(fc.constant(everyEvent.from), moment),
  to: fc.oneof(fc.constant(everyEvent.to), moment),
})

const isWanted =
  (filter: EventFilter) =>
  (item: AuditEventJson): boolean =>
    (filter.actor === null || item.actor.id === filter.actor) &&
    (filter.target === null || item.target.id === filter.target) &&
    (filter.action === null || actions[item.action as ActionName] === filter.action) &&
    (filter.outcome === null || outcomes[item.outcome as Outcome] === filter.outcome) &&
    Date.parse(item.time) >= filter.from &&
    Date.parse(item.time) <= filter.to

t.test('whatever is looked for', async (t) => {
  const groups = fc.array(fc.array(event, { minLength: 1, maxLength: 12 }), { maxLength: 24 })
  const asked = fc.array(fc.tuple(filters, fc.integer({ min: 1, max: 20 })), { minLength: 8 })
  await fc.assert(
    fc.asyncProperty(groups, asked, async (groups, asked) => {
      const bench = await written(groups)
      const all = await walk(bench, everyEvent, 1_000)
      for (const [filter, limit] of asked)
        t.same(await walk(bench, filter, limit), all.filter(isWanted(filter)))
    }),
    { numRuns: 30 },
  )
})

t.test('a log under two keys', async (t) => {
  const { tenant, kek, kekKeyId, rows } = freshTenant()
  const rotated = generateCek(tenant, { key: kek.key, keyId: kekKeyId }, 'audit', 2, clock)
  const bench = new Bench(open({ tenant, kek, kekKeyId, rows }))
  const actor = { type: 'user', id: people[0]!, name: '' } as const
  const before = bench.log()
  await before.append({ ...eventOf(), actor })
  await before.append(eventOf())
  await before.close()
  const later = new Bench(open({ tenant, kek, kekKeyId, rows: [...rows, rotated] }), bench.store)
  const after = later.log({ writer: 'node-b' })
  await after.append({ ...eventOf(), actor, time: start + minute })
  await after.close()
  t.notSame(later.sink.registered[0]?.macKeyId, bench.sink.registered[0]?.macKeyId)
  const found = await walk(later, { ...everyEvent, actor: actor.id }, 10)
  t.strictSame(
    found.map(({ time }) => Date.parse(time)),
    [start + minute, start],
  )
})

t.test('a log of many pages of heads', async (t) => {
  const one = { actor: people[0]!, target: entries[0]!, action: names[0], outcome: ends[0] }
  const groups = Array.from({ length: 700 }, (_, n) => [
    { ...one, minutes: n % 200, actor: n % 97 === 0 ? people[1]! : people[0]! },
  ])
  const bench = await written(groups)
  const filter = { ...everyEvent, actor: people[1]! }
  const all = await walk(bench, everyEvent, 1_000)
  for (const limit of [1, 3, 100])
    t.same(await walk(bench, filter, limit), all.filter(isWanted(filter)))
  t.ok((bench.store.calls.get('auditBlocks') ?? 0) < 60, 'blocks that hold nothing are not read')
})
