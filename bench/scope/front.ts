// Audited secret reads over HTTP, warm, one tenant, uniform: the engine between its ceiling and the baseline.
import { engine } from '../contender/engine/contender.js'
import { fastifyPg } from '../contender/fastify-pg/contender.js'
import { uwsEmpty } from '../contender/uws-empty/contender.js'
import type { Figure, Verdict } from '../report/result.js'
import type { Scope } from './scope.js'

const ratioAt = (figures: readonly Figure[], connections: number): number | null => {
  const of = (contender: string): number | undefined =>
    figures.find((each) => each.contender === contender && each.connections === connections)
      ?.throughput
  const [ours, baseline] = [of(engine.id), of(fastifyPg.id)]
  return ours === undefined || baseline === undefined ? null : ours / baseline
}

const verdict = (promise: string, target: number, measured: number | null): Verdict => ({
  promise,
  target,
  unit: '×',
  bound: 'at least',
  measured,
  passed: measured === null ? null : measured >= target,
  remark: null,
})

const better = (first: number | null, second: number | null): number | null =>
  first === null || second === null ? null : Math.max(first, second)

export const front: Scope = {
  name: 'front',
  contenders: [engine, fastifyPg, uwsEmpty],
  connections: [64, 256],
  judge(figures) {
    const [at64, at256] = [ratioAt(figures, 64), ratioAt(figures, 256)]
    return [
      verdict('engine / baseline at 64 connections', 2, at64),
      verdict('engine / baseline at the better of 64 and 256', 3, better(at64, at256)),
    ]
  },
}
