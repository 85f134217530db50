// A long-running operation of the management plane as a row of the control database: its steps, each with start, end
// and outcome, and its result. Both documents are sealed: the result holds a set-up token.
import type { Milliseconds } from '../../clock.js'
import type { ErrorCode } from '../../errors.js'
import type { TenantId, Uuid } from '../../ids.js'
import type { Keyring } from '../keys/keyring.js'
import { type Change, type Row } from '../store/store.js'

/** In their order; every one may run again (SPEC §6). */
export const provisioningSteps = [
  'reserve',
  'create roles',
  'create database',
  'migrate',
  'create KEK',
  'create CEKs',
  'create administrator',
  'activate',
] as const
export type StepName = (typeof provisioningSteps)[number]

export const operationStates = { running: 0, succeeded: 1, failed: 2 } as const
export type OperationStatus = keyof typeof operationStates

export interface Step {
  readonly name: StepName
  readonly startedTime: Milliseconds | null
  readonly finishedTime: Milliseconds | null
  readonly error: ErrorCode | null
  /** Of an error: a sentence of ours. Rows of before have none. */
  readonly detail?: string | null
}

interface OperationDocument {
  readonly kind: 'provision'
  readonly status: OperationStatus
  readonly tenant: TenantId
  /** Who asked: the only one who is shown the token. */
  readonly principal: Uuid
  readonly finishedTime: Milliseconds | null
  readonly steps: readonly Step[]
}

export interface ProvisioningResult {
  readonly adminUsername: string
  /** Null with `adminClaim`. */
  readonly setup: {
    readonly id: Uuid
    readonly token: string
    readonly issuedTime: Milliseconds
    readonly expiresTime: Milliseconds
  } | null
}

export interface OperationRecord extends OperationDocument {
  readonly id: Uuid
  readonly version: number
  readonly createdTime: Milliseconds
  readonly result: ProvisioningResult
}

export const newOperation = (
  id: Uuid,
  tenant: TenantId,
  principal: Uuid,
  result: ProvisioningResult,
  time: Milliseconds,
): OperationRecord => ({
  id,
  version: 1,
  kind: 'provision',
  status: 'running',
  tenant,
  principal,
  createdTime: time,
  finishedTime: null,
  // Reserving is what writes this row.
  steps: provisioningSteps.map((name) => ({
    name,
    startedTime: name === 'reserve' ? time : null,
    finishedTime: name === 'reserve' ? time : null,
    error: null,
  })),
  result,
})

const seal = (keys: Keyring, operation: OperationRecord, time: Milliseconds): Row => {
  const { id, version, createdTime, result, ...document } = operation
  return {
    id,
    parent: operation.tenant,
    version,
    state: operationStates[operation.status],
    createdTime,
    updatedTime: time,
    expiresTime: null,
    doc: keys.seal('operation.doc', id, version, document),
    secret: keys.seal('operation.result', id, version, result),
  }
}

export const openOperation = (keys: Keyring, row: Row): OperationRecord => ({
  ...(keys.open('operation.doc', row.id, row.version, row.doc) as OperationDocument),
  result: keys.open(
    'operation.result',
    row.id,
    row.version,
    row.secret ?? Buffer.alloc(0),
  ) as ProvisioningResult,
  id: row.id,
  version: row.version,
  createdTime: row.createdTime,
})

export const insertOperation = (keys: Keyring, operation: OperationRecord): Change => ({
  op: 'insert',
  table: 'operation',
  row: seal(keys, operation, operation.createdTime),
  indexes: [],
})

export type OperationUpdate = Extract<Change, { op: 'update' }>

export const updateOperation = (
  keys: Keyring,
  operation: OperationRecord,
  change: Partial<OperationDocument>,
  time: Milliseconds,
): { operation: OperationRecord; change: OperationUpdate } => {
  const next = { ...operation, ...change, version: operation.version + 1 }
  return {
    operation: next,
    change: {
      op: 'update',
      table: 'operation',
      row: seal(keys, next, time),
      expectedVersion: operation.version,
      indexes: undefined,
    },
  }
}
