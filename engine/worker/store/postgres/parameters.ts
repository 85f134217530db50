// Parameters of statements, as texts that PostgreSQL reads: whole columns as array literals, built by hand, which costs
// a fifth of what the client's own arrays do. What could break out of its element is refused or escaped.
import { isUuid, type Uuid } from '../../../ids.js'

/** Larger than every bigint of ours. */
export const maxBigint = '9223372036854775807'
/** The least that a column can hold: nothing that somebody planted is overlooked. */
export const minBigint = '-9223372036854775808'

const checkedUuid = (id: Uuid): Uuid => {
  if (!isUuid(id)) throw new RangeError('not a UUID')
  return id
}

const checkedInteger = (value: number): number => {
  if (!Number.isSafeInteger(value)) throw new RangeError('not an integer')
  return value
}

/** Of uuid[]. */
export const uuids = (ids: readonly (Uuid | null)[]): string =>
  `{${ids.map((id) => (id === null ? 'NULL' : checkedUuid(id))).join(',')}}`

/** Of bigint[], integer[] and smallint[]. */
export const integers = (values: readonly (number | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : checkedInteger(value))).join(',')}}`

/** Of boolean[]. */
export const booleans = (values: readonly boolean[]): string =>
  `{${values.map((value) => (value ? 't' : 'f')).join(',')}}`

/** Of bytea[]: every element is `\x` and hexadecimal digits, its backslash doubled. */
export const bytes = (values: readonly (Buffer | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : `\\\\x${value.toString('hex')}`)).join(',')}}`

/** Of text[]. */
export const texts = (values: readonly string[]): string =>
  `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
