// The steps of a provisioning (SPEC §6). Each may run again after a crash at any point of it, and finds what it made.
import { StoreError } from '../../store/store.js'
import type { TenantContext } from '../../context/context.js'
import { sealEvent } from '../../context/outbox.js'
import { newId } from '../../../ids.js'
import { commitByVersion } from '../../access/commit.js'
import type { AuditEvent } from '../../audit/event.js'
import { systemEvent } from '../../audit/system-event.js'
import { type User, insertUser, readUser } from '../../identity/user.js'
import { generateCeks } from '../../keys/keyring.js'
import { defaultRules, insertPermissions } from '../../access/permissions.js'
import type { Installation } from '../../installation/installation.js'
import { ensureKek, kekKeyId, openKeks } from '../../control/keks.js'
import type { OperationRecord, StepName } from '../../control/operation-record.js'
import { askerOf, promiseEvents, promisedChange } from '../../control/setup-promise.js'
import { type TenantRecord, targetOf } from '../../control/tenant-record.js'

export interface ProvisioningTask {
  readonly installation: Installation
  readonly tenant: TenantRecord
  readonly operation: OperationRecord
}

type StepWork = (task: ProvisioningTask) => Promise<void>

const createRoles: StepWork = async ({ installation, tenant }) => {
  const { administration } = installation
  await administration.refusePublicConnect()
  await administration.createRoles(tenant.credentials, tenant.credentials.runtimePassword)
}

const createKek: StepWork = ({ installation, tenant }) =>
  ensureKek(installation.provider, installation.context.store, tenant.id, installation.clock)

const createCeks: StepWork = async ({ installation, tenant }) => {
  const store = installation.openStore(targetOf(tenant, installation.administration.server()))
  const keks = await openKeks(installation.provider, installation.context.store, tenant.id)
  try {
    const [newest] = keks
    if (!newest) throw new Error('the tenant has no KEK')
    const keyId = kekKeyId(tenant.id, newest.version, newest.key)
    await store.putKeys(generateCeks(tenant.id, newest.key, keyId, installation.clock))
  } finally {
    for (const { key } of keks) key.wipe()
    await store.close()
  }
}

const administratorOf = ({ admin, createdTime }: TenantRecord): User => ({
  id: admin.id,
  version: 1,
  createdTime,
  access: { roles: ['pam_admin'], status: 'invited', generation: 0, verifier: null },
  profile: {
    username: admin.username,
    displayName: admin.displayName,
    email: admin.email,
    lastLoginTime: null,
  },
})

/** Everybody's log begins with its first administrator. */
const createdEvents = ({ tenant, operation }: ProvisioningTask, time: number): AuditEvent[] => {
  const target = { type: 'user', id: tenant.admin.id } as const
  return [
    {
      ...systemEvent('user.create', target, 'success', time, { operation: operation.id }),
      actor: askerOf(operation, tenant),
    },
    ...promiseEvents(operation, tenant, target, time),
  ]
}

const createAdministrator: StepWork = (task) =>
  task.installation.tenants.use(task.tenant.id, async (context) => {
    if (!(await readUser(context, task.tenant.admin.id))) await insertAdministrator(task, context)
    // Also what a run before this one committed and could not hand over.
    await context.drainOutbox()
  })

const insertAdministrator = async (
  task: ProvisioningTask,
  context: TenantContext,
): Promise<void> => {
  const { tenant, installation, operation } = task
  const time = installation.clock.now()
  const user = administratorOf(tenant)
  const data = { userId: user.id }
  const created = { id: newId(), type: 'user.created', time, data } as const
  try {
    await commitByVersion(context, {
      changes: [
        insertUser(context.keys, user),
        promisedChange(context, tenant, operation),
        insertPermissions(context.keys, defaultRules, time),
      ],
      events: createdEvents(task, time),
      outbox: [sealEvent(context.keys, created)],
      raiseEpoch: true,
    })
  } catch (error) {
    // A run before this one committed and was cut off before it could say so.
    if (!(error instanceof StoreError && error.code === 'conflict')) throw error
  }
}

/** The steps between the first, which reserving is, and the last, which ends the operation. */
export type WorkStep = Exclude<StepName, 'reserve' | 'activate'>

export const isWorkStep = (name: StepName): name is WorkStep => name in stepWork

export const stepWork: Readonly<Record<WorkStep, StepWork>> = {
  'create roles': createRoles,
  'create database': ({ installation, tenant }) =>
    installation.administration.createDatabase(tenant.credentials),
  migrate: ({ installation, tenant }) =>
    installation.administration.migrateTenant(tenant.credentials),
  'create KEK': createKek,
  'create CEKs': createCeks,
  'create administrator': createAdministrator,
}
