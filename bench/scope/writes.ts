// Audited changes of one tenant over HTTP, warm: each is durable when it is answered.
import { writeContenders } from '../contender/writes/contender.js'
import type { Figure, Verdict } from '../report/result.js'
import type { Scope } from './scope.js'

const many = 64
const times = 8
const mostFlushes = 0.1

const found = (figures: readonly Figure[], contender: string): Figure | undefined =>
  figures.find((each) => each.contender === contender && each.connections === many)

const faster = (figures: readonly Figure[], kind: string): Verdict => {
  const [now, before] = [found(figures, kind), found(figures, `${kind}-before`)]
  const measured = now && before ? now.throughput / before.throughput : null
  return {
    promise: `‘${kind}’ / the same before, at ${many} connections`,
    target: times,
    unit: '×',
    bound: 'at least',
    measured,
    passed: measured === null ? null : measured >= times,
    remark: null,
  }
}

const flushed = (figures: readonly Figure[], kind: string): Verdict => {
  const measured = found(figures, kind)?.flushes ?? null
  return {
    promise: `flushes a write of ‘${kind}’, at ${many} connections`,
    target: mostFlushes,
    unit: '×',
    bound: 'under',
    measured,
    passed: measured === null ? null : measured < mostFlushes,
    remark: null,
  }
}

const kinds = ['create', 'update']

export const writes: Scope = {
  name: 'writes',
  contenders: writeContenders,
  connections: [1, many],
  judge: (figures) => kinds.flatMap((kind) => [faster(figures, kind), flushed(figures, kind)]),
}
