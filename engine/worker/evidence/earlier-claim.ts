// Whether a tenant's first administrator has claimed it before, by the tenant's own audit log. Whoever holds the
// databases may put back the user, the set-up and even the provider's directory; the log is chained, and its anchors say
// how far it went.
import { ApiError } from '../../errors.js'
import type { Uuid } from '../../ids.js'
import { actions, outcomes } from '../audit/actions.js'
import { type RowComparison, verifyAudit } from '../audit/verify.js'
import type { TenantContext } from '../context/context.js'

class ClaimWatch implements RowComparison {
  isFound = false

  constructor(private readonly administrator: Uuid) {}

  readonly watch: RowComparison['watch'] = ({ action, outcome, actor }) => {
    if (action !== actions['setup_token.use'] || outcome !== outcomes.success) return
    if (actor === this.administrator) this.isFound = true
  }

  compare(): Promise<null> {
    return Promise.resolve(null)
  }
}

const search = async (context: TenantContext, administrator: Uuid): Promise<boolean> => {
  const rows = new ClaimWatch(administrator)
  const { ok } = await verifyAudit(context.store, context.keys, context.sink, {
    tenant: context.tenant,
    rows,
    signal: context.services.stopping,
  })
  // A log that is not whole cannot say that nobody has.
  if (!rows.isFound && !ok) throw new ApiError('integrity_failure')
  return rows.isFound
}

/** Searches that are under way, and those that found a claim: it stays one. */
const searches = new WeakMap<TenantContext, Promise<boolean>>()

/**
 * Walks the whole log, once for all who ask at the same time: of an unclaimed tenant it is short. Errors:
 * `integrity_failure` when the log is broken or ends before its last anchor.
 */
export const wasClaimed = (context: TenantContext, administrator: Uuid): Promise<boolean> => {
  const present = searches.get(context)
  if (present) return present
  const started = search(context, administrator)
  searches.set(context, started)
  const forget = (): void => void searches.delete(context)
  started.then((isFound) => isFound || forget(), forget)
  return started
}
