// PUT vault/permissions: the rules, replaced as a whole; under If-Match against two editors at once.
import { commitDecided } from '../access/commit.js'
import { ifStale, requireMatch } from '../access/if-match.js'
import { canonicalFolder } from '../keys/canonical.js'
import { operation } from '../operation.js'
import { canonical, etagOf } from '../vault/entry.js'
import { type PermissionRule, loadPermissions, replacePermissions } from '../vault/permissions.js'

export const putPermissions = operation(
  'putPermissions',
  { action: 'vault.permissions.update' },
  async (call) => {
    const { context, body, headers, event } = call
    const rules: PermissionRule[] = body.map((rule) => ({
      ...rule,
      folder: canonical('/*/folder', () => canonicalFolder(rule.folder)),
    }))
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
