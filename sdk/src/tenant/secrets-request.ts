// The bodies of a batch read: the engine takes a hundred secrets at once.
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

export const requestsOf = (wanted: Wanted): SecretsRequest[] =>
  wanted.ids !== undefined
    ? hundreds(wanted.ids).map((ids) => ({ ids }))
    : hundreds(wanted.paths).map((paths) => ({ paths }))
