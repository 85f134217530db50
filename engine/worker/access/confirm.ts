// Answers are exact (FORMATS §6): a decision may rest on caches, because the audit append, which must be durable before
// anything leaves, also answers the present epoch and the versions of what is served. Where they differ from what was
// decided on, the operation is redone. What is answered was right at its audit event.
import type { Uuid } from '../../ids.js'
import type { AuditEvent } from '../audit/event.js'
import type { TenantContext } from '../context/context.js'
import { Redo } from './redo.js'
import type { AppendResult, StoredState } from '../store/store.js'

/** Events that are durable or on their way: an attempt that is made again need not write them again. */
const appends = new WeakMap<AuditEvent, Promise<AppendResult>>()

const hasEndedWell = (append: Promise<unknown>): Promise<boolean> =>
  append.then(
    () => true,
    () => false,
  )

/** Makes `event` durable, once, and answers what decisions are confirmed by, as it is now. */
export const record = async (
  context: TenantContext,
  event: AuditEvent,
  served: readonly Uuid[] = [],
): Promise<AppendResult> => {
  const before = appends.get(event)
  if (before && (await hasEndedWell(before)))
    return context.access.observed(() => context.store.append([], served))
  const append = context.audit.append(event, served)
  appends.set(event, append)
  return append
}

/** Makes `event` durable and confirms the decision. Resolves only when the answer may leave. */
export const confirm = async (
  context: TenantContext,
  decidedAt: number,
  event: AuditEvent,
  served: readonly { readonly id: Uuid; readonly version: number }[] = [],
): Promise<void> => {
  const now = await record(
    context,
    event,
    served.map(({ id }) => id),
  )
  const overtaken = served.filter(({ id, version }) => now.versions.get(id) !== version)
  for (const { id } of overtaken) context.forgetEntry(id)
  if (overtaken.length > 0 || !isPresent(context, decidedAt, now)) throw new Redo()
}

/** The same for what is not audited. */
export const confirmAccess = async (context: TenantContext, decidedAt: number): Promise<void> => {
  const now = await context.access.observed(() => context.store.state())
  if (!isPresent(context, decidedAt, now)) throw new Redo()
}

/** Whether the answered state is the one decided on, it lets anybody in, and nothing newer has been seen meanwhile. */
export const isPresent = (
  { access, isActive }: TenantContext,
  decidedAt: number,
  { accessEpoch }: StoredState,
): boolean => isActive && accessEpoch === decidedAt && access.state.accessEpoch === decidedAt
