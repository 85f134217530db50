// A part of the engine that is measured by itself, in this process, on data made through the store.
import type { Teardown } from '../teardown.js'

export interface LayerSetting {
  /** An empty folder of its own, for a database. */
  readonly folder: string
  readonly rounds: number
  readonly teardown: Teardown
  readonly say: (line: string) => void
}

export interface LayerRow {
  readonly measured: string
  /** A second of one core, of this process and the database's apart. */
  readonly engineRate: number
  readonly databaseRate: number | null
  /** The longest that the thread was not given away, by the clock; whatever else the machine did included. */
  readonly heldMs: number
}

export interface Layer {
  readonly name: string
  run(setting: LayerSetting): Promise<LayerRow[]>
}
