// The bodies of a batch read: the engine takes a hundred secrets at once, each of them once.
import type { SecretsRequest } from '../contract.js'

/** The one or the other. */
export type Wanted =
  | { readonly ids: readonly string[]; readonly paths?: never }
  | { readonly paths: readonly string[]; readonly ids?: never }

const most = 100

const hundreds = (all: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(all.length / most) }, (_, index) =>
    all.slice(index * most, (index + 1) * most),
  )

export interface Batch {
  readonly requests: SecretsRequest[]
  /** The rows of all answers, in the order asked: one for each that was asked for, also when asked for twice. */
  inOrder<Row>(rows: readonly Row[]): Row[]
}

export const batchOf = (wanted: Wanted): Batch => {
  const asked = wanted.ids ?? wanted.paths
  const places = new Map([...new Set(asked)].map((one, place) => [one, place]))
  const pieces = hundreds([...places.keys()])
  return {
    requests: pieces.map((piece) => (wanted.ids === undefined ? { paths: piece } : { ids: piece })),
    inOrder: (rows) =>
      asked.flatMap((one) => {
        const row = rows[places.get(one) ?? -1]
        return row === undefined ? [] : [row]
      }),
  }
}
