// Which of what waits for its place in the chain leaves next, together: events as many as there are, and commits that
// may share a transaction. Whoever is passed over goes first next time. Nothing overtakes what touches the same row or
// value, and nothing at all a commit that raises the epoch: it goes alone, and what was decided before it goes before it.
import { Sharing } from '../store/sharing.js'
import type { Change, Commit, StateGuard } from '../store/store.js'

export interface AuditedCommit extends Pick<Commit, 'changes' | 'outbox'> {
  /** Asked when its turn has come, so that commits of one log do not overtake each other. */
  guard(): StateGuard | null
}

export interface Waiting {
  readonly events: { readonly length: number }
  readonly served?: { readonly length: number }
  readonly commit?: AuditedCommit
}

/** What leaves together has at most this, unless it is one alone. */
export interface Room {
  readonly events: number
  readonly served: number
  readonly commits: number
  /** Sealed, of changed rows. */
  readonly bytes: number
}

type Measures = Record<keyof Room, number>

const bytesOf = (change: Change): number =>
  change.op === 'delete' ? 0 : change.row.doc.length + (change.row.secret?.length ?? 0)

const measuresOf = ({ events, served, commit }: Waiting): Measures => ({
  events: events.length,
  served: served?.length ?? 0,
  commits: commit ? 1 : 0,
  bytes: (commit?.changes ?? []).reduce((sum, change) => sum + bytesOf(change), 0),
})

const measures = ['events', 'served', 'commits', 'bytes'] as const

/** Adds `more`, if that still fits; the first always does. */
const fits = (used: Measures, more: Measures, room: Room): boolean => {
  const isFirst = used.events === 0
  if (!isFirst && measures.some((name) => used[name] + more[name] > room[name])) return false
  for (const name of measures) used[name] += more[name]
  return true
}

/** Of those that wait: where thousands want one row, each turn would otherwise look at all of them. */
const lookedAt = 512

/** Its places among those that wait, in their order; none only where nobody waits. */
export const gather = (waiting: readonly Waiting[], room: Room): number[] => {
  const taken: number[] = []
  const used = { events: 0, served: 0, commits: 0, bytes: 0 }
  const together = new Together()
  for (const [place, job] of waiting.slice(0, lookedAt).entries()) {
    const kind = job.commit ? together.judge(job.commit) : 'joins'
    if (taken.length === 0 && kind !== 'joins') return [place]
    if (kind === 'alone' || (kind === 'joins' && !fits(used, measuresOf(job), room))) break
    if (kind === 'joins') taken.push(place)
  }
  return taken
}

/** Commits of one state that have nothing in common. */
class Together {
  readonly #sharing = new Sharing()
  #expected: StateGuard['expected'] | null = null

  /** `waits`: for those that were before it. `alone`: nobody goes before it who came later. */
  judge(commit: AuditedCommit): 'joins' | 'waits' | 'alone' {
    const guard = guardOf(commit)
    if (guard === 'unknown' || (guard && guard.raised !== null)) return 'alone'
    if (!this.#sharing.admits(commit)) return 'waits'
    if (guard === null) return 'joins'
    this.#expected ??= guard.expected
    return isSame(this.#expected, guard.expected) ? 'joins' : 'waits'
  }
}

/** What throws is told to its own caller, when it is alone. */
const guardOf = (commit: AuditedCommit): StateGuard | null | 'unknown' => {
  try {
    return commit.guard()
  } catch {
    return 'unknown'
  }
}

const isSame = (a: StateGuard['expected'], b: StateGuard['expected']): boolean =>
  a.accessEpoch === b.accessEpoch && a.sealed.equals(b.sealed)
