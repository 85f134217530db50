// One run of a layer: its rows as a table, the best of the rounds, because all that disturbs makes it slower.
import { mkdtempSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { RunOptions } from '../options.js'
import { removeFolder } from '../remove-folder.js'
import { type Row, tableOf } from '../report/table.js'
import type { Teardown } from '../teardown.js'
import type { Layer, LayerRow } from './layer.js'

const head: Row = ['measured', '/s of a core', 'µs each', '/s of a database core', 'held ms']

const thousands = (rate: number | null): string =>
  rate === null ? '–' : `${(rate / 1e3).toFixed(0)} k`

const best = (rows: readonly LayerRow[]): LayerRow =>
  rows.reduce((one, other) => (other.engineRate > one.engineRate ? other : one))

const rowOf = (rows: readonly LayerRow[]): Row => {
  const { measured, engineRate, databaseRate } = best(rows)
  const held = Math.min(...rows.map(({ heldMs }) => heldMs))
  return [
    measured,
    thousands(engineRate),
    (1e6 / engineRate).toFixed(2),
    thousands(databaseRate),
    held.toFixed(1),
  ]
}

export const runLayer = async (
  layer: Layer,
  { rounds, temporary }: RunOptions,
  teardown: Teardown,
  say: (line: string) => void,
): Promise<string> => {
  const folder = mkdtempSync(join(realpathSync(temporary), 'rppam-bench-'))
  teardown.defer(() => removeFolder(folder))
  const rows = await layer.run({ folder, rounds, teardown, say })
  const names = [...new Set(rows.map(({ measured }) => measured))]
  return tableOf(
    head,
    names.map((name) => rowOf(rows.filter(({ measured }) => measured === name))),
  )
}
