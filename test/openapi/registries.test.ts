// Promise: the contract's closed lists are the engine's registries.
import t from 'tap'
import { contractDocument } from '../../engine/task/contract.js'
import { actions, actorTypes, outcomes, targetTypes } from '../../engine/worker/audit/actions.js'
import { reasons } from '../../engine/worker/audit/reasons.js'
import { provisioningSteps } from '../../engine/worker/control/operation-record.js'

const schemas = contractDocument.components['schemas'] as Record<string, { enum?: string[] }>

/** `none` is told as null. */
const targets = [...Object.keys(targetTypes).filter((name) => name !== 'none'), null]

for (const [name, registry] of [
  ['AuditAction', Object.keys(actions)],
  ['AuditActorType', Object.keys(actorTypes)],
  ['AuditTargetType', targets],
  ['AuditOutcome', Object.keys(outcomes)],
  ['AuditFaultReason', [...reasons]],
  ['StepName', [...provisioningSteps]],
] as const)
  t.test(name, async (t) => {
    t.strictSame(schemas[name]?.enum, registry)
  })
