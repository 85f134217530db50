// Whether a disturbance happened. One that fails leaves its neighbours in peace, and must not pass for a promise kept.
import type { Answers, FlowPlan, FlowTally, Tally } from '../traffic/messages.js'
import type { Actions } from './disturbance.js'

const countOf = (answers: Answers, statuses: readonly number[]): number =>
  statuses.reduce((sum, status) => sum + (answers[status] ?? 0), 0)

/** Answers of another status than may be. */
const strange = ({ expected, tolerated }: FlowPlan, { answers }: FlowTally): string[] =>
  Object.entries(answers)
    .filter(([status]) => ![...expected, ...tolerated].includes(Number(status)))
    .map(([status, count]) => `${status} × ${count}`)

const faultsOfFlow = (plan: FlowPlan, tally: FlowTally): string[] => {
  const { broken, unanswered, answers, late } = tally
  const inTime = countOf(answers, plan.expected)
  // What takes longer than the measurement disturbs all of it.
  const shown = inTime + (plan.hangs ? unanswered : countOf(late, plan.expected))
  return [
    ...strange(plan, tally),
    ...(broken > 0 ? [`connections broken × ${broken}`] : []),
    ...(shown === 0 ? [`no answer ${plan.expected.join(' or ')}`] : []),
  ].map((fault) => `${plan.name}: ${fault}`)
}

export const faultsOf = ({ flows, hang }: Actions, tally: Tally): string[] => [
  ...flows.flatMap((plan) => faultsOfFlow(plan, tally.flows[plan.name]!)),
  ...(hang && tally.stoppedBackends === 0 ? ['no backend was stopped'] : []),
  ...(tally.endedEarly ? ['ended before the measurement'] : []),
]
