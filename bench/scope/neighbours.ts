// Audited secret reads of one tenant, while another one, or somebody without a token, does what it can to be in the way.
import { neighbourContenders } from '../contender/neighbours/contender.js'
import { disturbances } from '../disturbance/all.js'
import type { Bound, Disturbance } from '../disturbance/disturbance.js'
import type { Figure, Verdict } from '../report/result.js'
import type { Scope } from './scope.js'

const mostTimes = 10

const p99Of = (figures: readonly Figure[], contender: string, connections: number): number | null =>
  figures.find((each) => each.contender === contender && each.connections === connections)
    ?.latencyMs.p99 ?? null

type Measured = Pick<Verdict, 'promise' | 'target' | 'unit' | 'measured'>

const verdict = (measured: Measured, remarks: readonly string[]): Verdict => {
  const remark = remarks.length === 0 ? null : remarks.join(', ')
  const passed = measured.measured === null ? null : measured.measured < measured.target
  return { ...measured, bound: 'under', passed: passed && remark === null, remark }
}

/** What did not happen keeps no promise. */
const remarksOn = ({ disturbance }: Figure): string[] =>
  (disturbance?.faults ?? []).map((fault) => `not disturbed as meant: ${fault}`)

const latencyVerdict = (figures: readonly Figure[], figure: Figure): Verdict => {
  const { contender, connections, latencyMs } = figure
  const quiet = p99Of(figures, 'quiet', connections)
  const measured: Measured = {
    promise: `p99 under ‘${contender}’ / quiet p99, at ${connections} connections`,
    target: mostTimes,
    unit: '×',
    measured: quiet === null ? null : latencyMs.p99 / quiet,
  }
  return verdict(measured, remarksOn(figure))
}

const boundVerdict = (figure: Figure, { promise, flow, slowestMs }: Bound): Verdict => {
  const tally = figure.disturbance?.flows[flow]
  const measured: Measured = {
    promise,
    target: slowestMs,
    unit: ' ms',
    measured: tally?.slowestMs ?? null,
  }
  // Within a short window nobody waits long.
  const answers = Object.keys(tally?.answers ?? {})
  return verdict(measured, [...remarksOn(figure), ...(answers.length === 0 ? ['no answer'] : [])])
}

const judgeOne = (figures: readonly Figure[], { id, bounds }: Disturbance): Verdict[] =>
  figures
    .filter(({ contender }) => contender === id)
    .flatMap((figure) => [
      latencyVerdict(figures, figure),
      ...bounds.map((bound) => boundVerdict(figure, bound)),
    ])

export const neighbours: Scope = {
  name: 'neighbours',
  contenders: neighbourContenders(disturbances),
  connections: [4],
  judge: (figures) => disturbances.flatMap((disturbance) => judgeOne(figures, disturbance)),
}
