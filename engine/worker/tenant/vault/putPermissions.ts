// PUT vault/permissions: the rules, replaced as a whole; under If-Match against two editors at once.
import { commitDecided } from '../../access/commit.js'
import { ifStale, requireMatch } from '../../access/if-match.js'
import { ApiError } from '../../../errors.js'
import { isUuid } from '../../../ids.js'
import { isTenantRole } from '../../identity/user.js'
import { canonicalFolder } from '../../keys/canonical.js'
import { operation } from '../../request/operation.js'
import { requireDistinct } from '../../vault/distinct.js'
import { canonical, etagOf } from '../../vault/entry.js'
import {
  type PermissionRule,
  loadPermissions,
  replacePermissions,
} from '../../access/permissions.js'

/** A rule for a role that is none, or for a name instead of an id, would never give anybody anything. */
const principalId = ({ type, id }: PermissionRule['principal']): string => {
  const known = type === 'role' ? isTenantRole(id) : isUuid(id.toLowerCase())
  if (!known)
    throw new ApiError('validation_failed', undefined, [
      {
        pointer: '/*/principal/id',
        message: type === 'role' ? 'must be a role of the tenant' : 'must be an id',
      },
    ])
  return type === 'role' ? id : id.toLowerCase()
}

/** Two rules of one place would be read as one, but only together. */
const placeOf = ({ principal, folder }: PermissionRule): string =>
  `${principal.type} ${principal.id} ${folder}`

export const putPermissions = operation(
  'putPermissions',
  { action: 'vault.permissions.update' },
  async (call) => {
    const { context, body, headers, event } = call
    const rules: PermissionRule[] = body.map(({ principal, folder, rights }) => ({
      principal: { type: principal.type, id: principalId(principal) },
      folder: canonical('/*/folder', () => canonicalFolder(folder)),
      rights,
    }))
    requireDistinct('', rules.map(placeOf))
    const present = await loadPermissions(context)
    requireMatch(headers, etagOf(present.version))
    const version = present.version + 1
    await commitDecided(call, {
      changes: [replacePermissions(context.keys, present, rules, context.services.clock.now())],
      event: event({ version, rules: rules.length }),
      raiseEpoch: true,
      ...ifStale(headers),
    })
    return { status: 200, headers: { etag: etagOf(version) }, body: rules as never }
  },
)
