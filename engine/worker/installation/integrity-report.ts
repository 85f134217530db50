// What does not open is on record in the management plane, when the tenant's own log cannot be written (FORMATS §4).
import type { TenantId } from '../../ids.js'
import { systemEvent } from '../audit/system-event.js'
import type { Installation } from './installation.js'

/** Never rejects: what was found must not be hidden by a log that cannot be written just now. */
export const reportIntegrity = async (
  { context, clock, log }: Pick<Installation, 'context' | 'clock' | 'log'>,
  id: TenantId,
): Promise<void> => {
  const event = systemEvent('request', { type: 'tenant', id }, 'failure', clock.now(), {
    code: 'integrity_failure',
  })
  try {
    await context.audit.append(event)
  } catch (error) {
    log.error('a failure is not on record', { tenantId: id, error })
  }
}
