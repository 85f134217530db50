// The bodies of a batch read: the engine takes a hundred secrets at once, each of them once, and answers as many as one
// answer has room for.
import type { SecretResult, SecretsRequest } from '../generated/schemas.js'

/** Which secrets: by their entries' ids or by their paths, not both. */
export type Wanted =
  | {
      /** Of entries. */
      readonly ids: readonly string[]
      /** Not beside `ids`. */
      readonly paths?: never
    }
  | {
      /** Folder and name, as in `/prod/db/root`. */
      readonly paths: readonly string[]
      /** Not beside `paths`. */
      readonly ids?: never
    }

const most = 100

/** Behind the end of an answer: whoever asks again gets them. */
const isWithoutRoom = (row: SecretResult): boolean =>
  'error' in row && row.error.code === 'answer_too_large'

export interface Batch {
  /** The next body once `rows` have come; null when that were all. */
  next(rows: readonly SecretResult[]): SecretsRequest | null
  /** The rows of all answers, in the order asked: one for each that was asked for, also when asked for twice. */
  inOrder<Row>(rows: readonly Row[]): Row[]
}

/** The rows of one answer up to where its room ended. An answer that has none of them would be asked for for ever. */
export const withRoom = (rows: readonly SecretResult[]): readonly SecretResult[] => {
  const end = rows.findIndex(isWithoutRoom)
  return end > 0 ? rows.slice(0, end) : rows
}

export const batchOf = (wanted: Wanted): Batch => {
  const asked = wanted.ids ?? wanted.paths
  const places = new Map([...new Set(asked)].map((one, place) => [one, place]))
  const each = [...places.keys()]
  return {
    next: ({ length }) => {
      const piece = each.slice(length, length + most)
      if (piece.length === 0) return null
      return wanted.ids === undefined ? { paths: piece } : { ids: piece }
    },
    inOrder: (rows) =>
      asked.flatMap((one) => {
        const row = rows[places.get(one) ?? -1]
        return row === undefined ? [] : [row]
      }),
  }
}
