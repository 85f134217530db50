// The permission rules with their ETag, which a list has no place for.
import { etagOf } from '../call/etag.js'
import type { Reply } from '../call/exchange.js'
import { UnexpectedAnswerError } from '../errors.js'
import type { Permission } from '../generated/schemas.js'
import type { CallOptions } from '../options.js'

/** The rules as they were read. */
export interface PermissionRules {
  /** All of them. */
  readonly rules: Permission[]
  /** For `ifMatch`: says which rules these are. */
  readonly etag: string
}

/** Of a change of the rules. */
export interface SetPermissionsOptions extends CallOptions {
  /** The `etag` that was read: if the rules have changed since, the change is refused (412). */
  readonly ifMatch?: string | undefined
}

/** The rules as they were saved. */
export interface SavedRules {
  /** All of them. */
  readonly rules: Permission[]
  /** Null where a proxy has dropped it: read the rules anew before the next change. */
  readonly etag: string | null
}

export const savedOf = ({ data, headers }: Reply<Permission[]>): SavedRules => ({
  rules: data,
  etag: etagOf(headers),
})

/** Without the ETag another's change would be overwritten unseen. */
export const rulesOf = (reply: Reply<Permission[]>): PermissionRules => {
  const { rules, etag } = savedOf(reply)
  if (etag === null) throw new UnexpectedAnswerError('getPermissions', 200)
  return { rules, etag }
}
