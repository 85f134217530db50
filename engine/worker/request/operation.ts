// What a handler is. One file per operation of the contract, named after its operationId; it is written as if it
// were alone: batching, group commit, order of checks, denied events and errors are the pipeline's.
import type { Uuid } from '../../ids.js'
import type { BodyOf, OperationId, PathOf, QueryOf, ResultOf } from '../../task/contract.js'
import type { RequestHeaders } from '../../task/item.js'
import type { Principal } from '../access/principal.js'
import type { ActionName, Outcome } from '../audit/actions.js'
import type { AuditEvent, EventTarget } from '../audit/event.js'
import type { TenantContext } from '../context/context.js'
import type { Services } from '../context/services.js'

export interface Call<Op extends OperationId = OperationId> {
  readonly context: TenantContext
  /** Who asks. Public operations have none: see PublicCall. */
  readonly principal: Principal
  readonly path: PathOf<Op>
  readonly query: QueryOf<Op>
  readonly body: BodyOf<Op>
  readonly headers: RequestHeaders
  readonly requestId: Uuid
  readonly clientAddress: string
  /** The access epoch that this attempt decides on: whatever is answered must be confirmed at it (FORMATS §6). */
  readonly epoch: number
  /** This attempt holds TenantContext.mutex. */
  readonly holdsMutex: boolean
  /** The operation's audit event, of this principal. */
  event(
    detail?: Readonly<Record<string, unknown>>,
    target?: EventTarget,
    outcome?: Outcome,
  ): AuditEvent
  /** Takes the request out of its batch's account before something slow, so that others need not wait. */
  releaseBatchSlot(): void
}

/** A call before authentication. The context is null when the routing hint leads to no tenant. */
export interface PublicCall<Op extends OperationId = OperationId> extends Omit<
  Call<Op>,
  'context' | 'principal' | 'event' | 'epoch' | 'holdsMutex'
> {
  readonly context: TenantContext | null
  readonly services: Services
}

export interface Result<Op extends OperationId = OperationId> {
  readonly status: number
  readonly body?: ResultOf<Op>
  /** Instead of a body: its pieces, as somebody reads them. Where it throws the answer is cut. */
  readonly stream?: AsyncGenerator<string, void>
  readonly headers?: Readonly<Record<string, string>>
}

export interface AuditedAs<Op extends OperationId> {
  readonly action: ActionName
  /** What a denied call was aimed at; the tenant itself when left out. */
  readonly target?: (call: Pick<Call<Op>, 'path'>) => EventTarget
}

/** A handler of an authenticated operation. */
export interface Handler<Op extends OperationId = OperationId> {
  readonly operationId: Op
  readonly audited: AuditedAs<Op>
  /** It takes too long to hold the tenant's mutex: overtaken again and again, it is answered 503. */
  readonly isLong: boolean
  handle(call: Call<Op>): Promise<Result<Op>>
}

/** A handler of an unauthenticated operation. */
export interface PublicHandler<Op extends OperationId = OperationId> {
  readonly operationId: Op
  readonly public: true
  handle(call: PublicCall<Op>): Promise<Result<Op>>
}

// Handlers of different operations live in one table; their own files keep the exact types.
export type AnyHandler = Handler<never> | PublicHandler<never>

export const operation = <Op extends OperationId>(
  operationId: Op,
  audited: AuditedAs<Op>,
  handle: (call: Call<Op>) => Promise<Result<Op>>,
  { isLong = false }: { readonly isLong?: boolean } = {},
): Handler<Op> => ({ operationId, audited, isLong, handle })

export const publicOperation = <Op extends OperationId>(
  operationId: Op,
  handle: (call: PublicCall<Op>) => Promise<Result<Op>>,
): PublicHandler<Op> => ({ operationId, public: true, handle })
