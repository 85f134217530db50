// The figures as a table for a terminal.
import { flowHead, flowRows } from './disturbed.js'
import type { Figure, Result, Verdict } from './result.js'

export type Row = readonly string[]

/** The first column to the left, all others to the right. */
export const tableOf = (head: Row, rows: readonly Row[]): string => {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  )
  const line = (row: Row): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd()
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join(
    '\n',
  )
}

export const megabytes = (bytes: number | null): string =>
  bytes === null ? '–' : (bytes / 1024 / 1024).toFixed(0)

export const figureHead: Row = [
  'contender',
  'conn',
  'req/s',
  'p50 ms',
  'p99 ms',
  'p99.9 ms',
  'engine µs',
  'database µs',
  'load µs',
  'engine MiB',
  'database MiB',
  'others %',
  'flushes',
]

export const figureRow = (figure: Figure): Row => {
  const {
    contender,
    connections,
    throughput,
    latencyMs,
    cpuMicros,
    memoryBytes,
    othersShare,
    flushes,
  } = figure
  return [
    contender,
    String(connections),
    Math.round(throughput).toString(),
    latencyMs.p50.toFixed(2),
    latencyMs.p99.toFixed(2),
    latencyMs.p999.toFixed(2),
    cpuMicros.engine.toFixed(1),
    cpuMicros.database === null ? '–' : cpuMicros.database.toFixed(1),
    cpuMicros.generator.toFixed(1),
    megabytes(memoryBytes.engine),
    megabytes(memoryBytes.database),
    (othersShare * 100).toFixed(0),
    flushes === null ? '–' : flushes.toFixed(3),
  ]
}

const measurement = ({ measured, unit, remark }: Verdict): string =>
  `${measured!.toFixed(2)}${unit}${remark === null ? '' : ` (${remark})`}`

export const verdictLine = (verdict: Verdict): string => {
  const { promise, target, unit, bound, measured, passed } = verdict
  const wanted = `${bound} ${target}${unit}`
  if (measured === null) return `not measured  ${promise}: ${wanted}`
  return `${passed ? 'PASS' : 'FAIL'}  ${promise}: ${measurement(verdict)}, ${wanted}`
}

const quietShare = 0.1

/** Said where it is read: figures of a busy machine mislead. */
export const disturbance = (figures: readonly Figure[]): string[] => {
  const worst = Math.max(...figures.map(({ othersShare }) => othersShare))
  if (worst <= quietShare) return []
  return [`The machine was busy: up to ${(worst * 100).toFixed(0)} % went to other processes.`]
}

/** Empty when nothing was meant to disturb anything. */
const flowTable = (figures: readonly Figure[]): string[] => {
  const rows = flowRows(figures)
  return rows.length === 0 ? [] : [tableOf(flowHead, rows), '']
}

export const summaryOf = ({ figures, verdicts }: Result): string =>
  [
    tableOf(figureHead, figures.map(figureRow)),
    '',
    ...flowTable(figures),
    ...disturbance(figures),
    ...verdicts.map(verdictLine),
  ].join('\n')
