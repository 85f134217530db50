// What the management plane's log says of a tenant's set-ups.
import { actions } from '../../../engine/worker/audit/actions.js'
import { administratorOf } from '../../support/administrator.js'
import type { EngineAddress } from '../../support/engine.js'

/** Actions on set-up tokens of the tenant, in their order. */
export const setUpsOnRecord = async (
  engine: EngineAddress,
  tenant: string,
): Promise<readonly unknown[]> => {
  const rows = await administratorOf(
    engine,
    'rppam_control',
  )(`select action from rppam.audit_event where target = '${tenant}' and action in
    (${actions['setup_token.issue']}, ${actions['setup_token.use']}) order by time, seq`)
  return rows.flat()
}
