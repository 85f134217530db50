// What came of disturbances: several rounds as one, and rows of a table.
import type { Disturbed } from '../contender/contender.js'
import type { Answers, FlowTally } from '../traffic/messages.js'
import type { Figure } from './result.js'
import type { Row } from './table.js'

const addAnswers = (first: Answers, second: Answers): Answers => {
  const sums = new Map(Object.entries(first))
  for (const [status, count] of Object.entries(second))
    sums.set(status, (sums.get(status) ?? 0) + count)
  return Object.fromEntries(sums)
}

const addFlows = (first: FlowTally | undefined, second: FlowTally): FlowTally => ({
  answers: addAnswers(first?.answers ?? {}, second.answers),
  late: addAnswers(first?.late ?? {}, second.late),
  unanswered: (first?.unanswered ?? 0) + second.unanswered,
  broken: (first?.broken ?? 0) + second.broken,
  slowestMs: Math.max(first?.slowestMs ?? 0, second.slowestMs),
})

const add = (first: Disturbed, second: Disturbed): Disturbed => ({
  flows: Object.fromEntries(
    Object.entries(second.flows).map(([name, flow]) => [name, addFlows(first.flows[name], flow)]),
  ),
  stoppedBackends: first.stoppedBackends + second.stoppedBackends,
  endedEarly: first.endedEarly || second.endedEarly,
  faults: [...new Set([...first.faults, ...second.faults])],
})

/** Null for none. A fault of one round is one of all. */
export const disturbedIn = (rounds: readonly Disturbed[]): Disturbed | null => {
  const [first, ...more] = rounds
  return first === undefined ? null : more.reduce(add, first)
}

export const flowHead: Row = [
  'disturbance',
  'what of it',
  'answers',
  'in flight at the end',
  'later',
  'broken',
  'slowest ms',
]

const answersOf = (answers: Answers): string =>
  Object.entries(answers)
    .map(([status, count]) => `${status} × ${count}`)
    .join(', ') || '–'

export const flowRows = (figures: readonly Figure[]): Row[] =>
  figures.flatMap(({ contender, disturbance }) =>
    Object.entries(disturbance?.flows ?? {}).map(([name, flow]) => [
      contender,
      name,
      answersOf(flow.answers),
      String(flow.unanswered),
      answersOf(flow.late),
      String(flow.broken),
      String(flow.slowestMs),
    ]),
  )
