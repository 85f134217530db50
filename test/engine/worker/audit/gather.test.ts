// Whatever waits: everybody leaves once, in groups that a store may be given, and nobody is overtaken by what depends on
// him.
import fc from 'fast-check'
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { gather, type Waiting } from '../../../../engine/worker/audit/gather.js'
import { touchedBy } from '../../../../engine/worker/store/sharing.js'
import type { Change, StateGuard } from '../../../../engine/worker/store/store.js'
import { rowOf } from './fixture.js'

const rows = Array.from({ length: 5 }, (_, i) => rowOf(newId(), 1, `row ${i}`))
const states = [1, 2].map((accessEpoch) => ({ accessEpoch, sealed: Buffer.alloc(8, accessEpoch) }))
const room = { events: 12, served: 9, commits: 4, bytes: 100 }

const insert = (row: (typeof rows)[number]): Change => ({
  op: 'insert',
  table: 'vault_entry',
  row,
  indexes: [],
})
const guard: fc.Arbitrary<StateGuard | null> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(...states).map((expected) => ({ expected, raised: null })),
  },
  {
    weight: 1,
    arbitrary: fc.constant({ expected: states[0]!, raised: Buffer.from('next') }),
  },
)
const events = (max: number) => fc.integer({ min: 1, max }).map((length) => ({ length }))
const append: fc.Arbitrary<Waiting> = fc.record({
  events: events(2),
  served: fc.integer({ min: 0, max: 4 }).map((length) => ({ length })),
})
const commit: fc.Arbitrary<Waiting> = fc.record({
  events: events(3),
  commit: fc
    .record({ changes: fc.subarray(rows, { maxLength: 2 }), guard })
    .map(({ changes, guard }) => ({
      changes: changes.map(insert),
      outbox: [],
      guard: () => guard,
    })),
})
const queue = fc.array(fc.oneof(append, commit), { maxLength: 25 })

/** Everything that waits, in the groups that it leaves in. */
const groupsOf = (waiting: readonly Waiting[]): Waiting[][] => {
  const groups: Waiting[][] = []
  for (let left = [...waiting]; left.length > 0;) {
    const places = new Set(gather(left, room))
    if (places.size === 0) throw new Error('nobody leaves')
    groups.push(left.filter((_, i) => places.has(i)))
    left = left.filter((_, i) => !places.has(i))
  }
  return groups
}

const touched = ({ commit }: Waiting): string[] => (commit ? touchedBy(commit) : [])
const raises = ({ commit }: Waiting): boolean => (commit?.guard()?.raised ?? null) !== null
const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0)

const always = (name: string, isTrue: (waiting: Waiting[], groups: Waiting[][]) => boolean) =>
  t.test(name, async () => {
    fc.assert(
      fc.property(queue, (waiting) => isTrue(waiting, groupsOf(waiting))),
      { numRuns: 1_000 },
    )
  })

void always('everybody leaves once', (waiting, groups) => {
  const left = groups.flat()
  return left.length === waiting.length && waiting.every((job) => left.includes(job))
})

void always('in a group nobody touches what another does', (_, groups) =>
  groups.every((group) => {
    const keys = group.flatMap(touched)
    return group.length === 1 || new Set(keys).size === keys.length
  }),
)

void always('who touches what another touched leaves after him', (waiting, groups) =>
  waiting.every((job, place) =>
    waiting.slice(0, place).every((before) => {
      const depends = touched(job).some((key) => touched(before).includes(key))
      const at = (one: Waiting) => groups.findIndex((group) => group.includes(one))
      return !depends || at(before) < at(job)
    }),
  ),
)

void always(
  'who raises the epoch is alone, and overtakes and is overtaken by none',
  (waiting, groups) =>
    waiting.every((job, place) => {
      if (!raises(job)) return true
      const at = groups.findIndex((group) => group.includes(job))
      const before = groups.slice(0, at).flat()
      return groups[at]!.length === 1 && before.length === place
    }),
)

void always('a group has one state, and room', (_, groups) =>
  groups.every((group) => {
    const expected = group.flatMap(({ commit }) => commit?.guard()?.expected ?? [])
    const commits = group.filter(({ commit }) => commit).length
    const served = sum(group.map(({ served }) => served?.length ?? 0))
    const isWithin =
      sum(group.map(({ events }) => events.length)) <= room.events &&
      served <= room.served &&
      commits <= room.commits
    return new Set(expected).size <= 1 && (isWithin || group.length === 1)
  }),
)

void always('appends keep their order', (waiting, groups) => {
  const appends = (jobs: Waiting[]) => jobs.filter(({ commit }) => !commit)
  return appends(groups.flat()).every((job, i) => appends(waiting)[i] === job)
})

t.test('a guard that cannot be had is its own trouble', async (t) => {
  const bad: Waiting = {
    events: { length: 1 },
    commit: {
      changes: [],
      outbox: [],
      guard: () => {
        throw new RangeError('no key')
      },
    },
  }
  const good: Waiting = { events: { length: 1 } }
  t.same(gather([good, bad, good], room), [0])
  t.same(gather([bad, good], room), [0])
  t.same(gather([], room), [])
})
