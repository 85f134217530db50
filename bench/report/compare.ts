// Two results side by side: figures of the same id, the later divided by the earlier.
import { readFileSync } from 'node:fs'
import { compareLayers, type LayerResult } from '../layer/layer-result.js'
import type { Figure, Result } from './result.js'
import { tableOf, type Row } from './table.js'

const read = (file: string): Result | LayerResult => {
  const result = JSON.parse(readFileSync(file, 'utf8')) as Result | LayerResult
  if (result.format !== 1 && result.format !== 'layer 1')
    throw new Error(`${file} is not a result of this bench`)
  return result
}

const ratio = (before: number | null, after: number | null): string =>
  before === null || after === null || before === 0 ? '–' : `${(after / before).toFixed(2)}×`

const rowOf = (before: Figure, after: Figure): Row => [
  after.id,
  ratio(before.throughput, after.throughput),
  ratio(before.latencyMs.p50, after.latencyMs.p50),
  ratio(before.latencyMs.p99, after.latencyMs.p99),
  ratio(before.latencyMs.p999, after.latencyMs.p999),
  ratio(before.cpuMicros.engine, after.cpuMicros.engine),
  ratio(before.cpuMicros.database, after.cpuMicros.database),
  ratio(before.memoryBytes.engine, after.memoryBytes.engine),
]

const head: Row = ['after / before', 'req/s', 'p50', 'p99', 'p99.9', 'engine', 'database', 'memory']

const machineOf = ({ machine }: Result): string =>
  `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${machine.commit}`

const compareScopes = (before: Result, after: Result): string => {
  const earlier = new Map(before.figures.map((figure) => [figure.id, figure]))
  const rows = after.figures.flatMap((figure) => {
    const match = earlier.get(figure.id)
    return match ? [rowOf(match, figure)] : []
  })
  if (rows.length === 0) throw new Error('the two results have no figure in common')
  const machines = [`before: ${machineOf(before)}`, `after:  ${machineOf(after)}`]
  return [...machines, '', tableOf(head, rows)].join('\n')
}

/** @throws Error when a file is no result, or nothing in them is comparable */
export const compareResults = (beforeFile: string, afterFile: string): string => {
  const [before, after] = [read(beforeFile), read(afterFile)]
  if (before.format === 1 && after.format === 1) return compareScopes(before, after)
  if (before.format !== 1 && after.format !== 1) return compareLayers(before, after)
  throw new Error('a layer and a scope are not comparable')
}
