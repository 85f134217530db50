// What the management plane's log says of a tenant's set-ups.
import { actions } from '../../../engine/worker/audit/actions.js'
import type { EngineAddress } from '../../support/engine.js'
import { installationEvents } from '../../support/installation-log.js'

const onSetUps: readonly number[] = [actions['setup_token.issue'], actions['setup_token.use']]

/** Actions on set-up tokens of the tenant, in their order. */
export const setUpsOnRecord = async (
  engine: EngineAddress,
  tenant: string,
): Promise<readonly number[]> =>
  (await installationEvents(engine))
    .filter(({ target, action }) => target === tenant && onSetUps.includes(action))
    .map(({ action }) => action)
