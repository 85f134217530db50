// What a run of a layer leaves behind as JSON, and how it is shown and compared.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../measure/machine.js'
import { tableOf } from '../report/table.js'

export interface LayerFigure {
  /** `layer/build/operation/size`. */
  readonly id: string
  /** Of one operation; the median of the rounds. */
  readonly micros: number
  /** The same, of all threads of the process. */
  readonly cpuMicros: number
}

export interface LayerResult {
  readonly format: 'layer 1'
  readonly scope: string
  readonly startedUtc: string
  readonly machine: Machine
  readonly settings: Readonly<Record<string, number>>
  readonly figures: readonly LayerFigure[]
}

const machineOf = ({ machine }: LayerResult): string =>
  `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${machine.commit}`

/** A row an operation, a pair of columns a build. */
export const layerTable = (result: LayerResult): string => {
  const named = result.figures.map((figure) => ({ ...figure, parts: figure.id.split('/') }))
  const builds = [...new Set(named.map(({ parts }) => parts[1]!))]
  const rows = [...new Set(named.map(({ parts }) => `${parts[2]} ${parts[3]} B`))]
  const cellsOf = (row: string, build: string): string[] => {
    const found = named.find(
      ({ parts }) => `${parts[2]} ${parts[3]} B` === row && parts[1] === build,
    )
    return found ? [found.micros.toFixed(2), found.cpuMicros.toFixed(2)] : ['–', '–']
  }
  const head = ['', ...builds.flatMap((build) => [`${build} µs`, 'CPU µs'])]
  const lines = rows.map((row) => [row, ...builds.flatMap((build) => cellsOf(row, build))])
  return [machineOf(result), '', tableOf(head, lines)].join('\n')
}

const ratio = (before: number, after: number): string =>
  before === 0 ? '–' : `${(after / before).toFixed(2)}×`

/** @throws Error when they have nothing in common */
export const compareLayers = (before: LayerResult, after: LayerResult): string => {
  const earlier = new Map(before.figures.map((figure) => [figure.id, figure]))
  const rows = after.figures.flatMap((figure) => {
    const match = earlier.get(figure.id)
    if (!match) return []
    const { micros, cpuMicros } = match
    return [[figure.id, ratio(micros, figure.micros), ratio(cpuMicros, figure.cpuMicros)]]
  })
  if (rows.length === 0) throw new Error('the two results have no figure in common')
  const machines = [`before: ${machineOf(before)}`, `after:  ${machineOf(after)}`]
  return [...machines, '', tableOf(['after / before', 'time', 'CPU'], rows)].join('\n')
}

/** Answers its path. */
export const writeLayer = (folder: string, result: LayerResult): string => {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${result.scope}-${result.startedUtc.replace(/[:.]/g, '-')}.json`)
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  return file
}
