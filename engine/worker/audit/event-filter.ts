// What a list of events is narrowed to. An event passes when all that is given holds.
import type { Milliseconds } from '../../clock.js'
import { latestTime } from '../../clock.js'
import type { Uuid } from '../../ids.js'
import { outcomes } from './actions.js'
import type { TermKind } from './filter.js'
import type { RecordedEvent } from './line.js'

/** Numbers of the registry; null: any. */
export interface EventFilter {
  readonly actor: Uuid | null
  readonly target: Uuid | null
  readonly action: number | null
  readonly outcome: number | null
  /** The first moment that is included: blocks that somebody dated before it are not looked at. */
  readonly from: Milliseconds
  /** The last one. */
  readonly to: Milliseconds
}

export const everyEvent: EventFilter = {
  actor: null,
  target: null,
  action: null,
  outcome: null,
  from: Number.MIN_SAFE_INTEGER,
  to: latestTime,
}

const isOf = <T>(wanted: T | null, value: T | null): boolean => wanted === null || wanted === value

export const passes = (filter: EventFilter, event: RecordedEvent): boolean =>
  isOf(filter.actor, event.actor) &&
  isOf(filter.target, event.target) &&
  isOf(filter.action, event.action) &&
  isOf(filter.outcome, event.outcome) &&
  event.time >= filter.from &&
  event.time <= filter.to

/** What the filters of blocks can be asked for, the rarest first: most blocks are denied by the first. */
export const askedOf = ({
  actor,
  target,
  action,
  outcome,
}: EventFilter): readonly (readonly [TermKind, Uuid | number])[] => [
  ...(target === null ? [] : [['target', target] as const]),
  ...(actor === null ? [] : [['actor', actor] as const]),
  ...(action === null ? [] : [['action', action] as const]),
  ...(outcome === null || outcome === outcomes.success ? [] : [['outcome', outcome] as const]),
]
