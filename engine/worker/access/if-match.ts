// Preconditions (RFC 9110 §13.1.1): `If-Match` with the ETag of a read, or `*`.
import { ApiError } from '../../errors.js'
import type { RequestHeaders } from '../../task/item.js'

/** As in the contract. What is no UTF-8 arrives as U+FFFD, and was a byte that RFC 9110 lets pass. */
const tag = '(?:W/)?"[^\\x00-\\x20"\\x7f]*"'
const wellFormed = new RegExp(`^\\s*(?:\\*|${tag}(?:\\s*,\\s*${tag})*)\\s*$`)

/** Throws `validation_failed` for what is no If-Match, such as a version without its quotes. */
export const requireWellFormed = ({ ifMatch }: RequestHeaders): void => {
  if (ifMatch !== undefined && !wellFormed.test(ifMatch))
    throw new ApiError('validation_failed', undefined, [
      { pointer: '/header/If-Match', message: 'must be * or entity tags in quotes' },
    ])
}

const failed = (): ApiError => new ApiError('precondition_failed')

/** Throws `precondition_failed` unless the header is absent, `*`, or names `etag`. */
export const requireMatch = ({ ifMatch }: RequestHeaders, etag: string): void => {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  if (!ifMatch.split(',').some((tag) => tag.trim() === etag)) throw failed()
}

/** What a row that changed after the check means: nothing was asked, so the last write wins and is redone. */
export const ifStale = ({
  ifMatch,
}: RequestHeaders): { ifStale: ApiError } | Record<string, never> =>
  ifMatch === undefined || ifMatch.trim() === '*' ? {} : { ifStale: failed() }
