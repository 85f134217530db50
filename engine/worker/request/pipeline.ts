// One request in a worker, in the contract's order of checks (SPEC §7): session → state of the tenant → role → what
// the front found → body → the handler. Denied and failed calls of signed-in callers are audited here, for all.
import { ApiError } from '../../errors.js'
import { type Operation, operations, parseBody, serialize } from '../../task/contract.js'
import type { AccessClaims, Item } from '../../task/item.js'
import { problemHeaders, problemOf } from '../../task/problem.js'
import { isPresent, record } from '../access/confirm.js'
import { requireWellFormed } from '../access/if-match.js'
import { type Principal, authorise, knownPrincipal } from '../access/principal.js'
import { Redo } from '../access/redo.js'
import type { TenantContext } from '../context/context.js'
import {
  type AnyHandler,
  type Call,
  type Handler,
  type PublicHandler,
  type Result,
} from './operation.js'
import { codeOf, isIntegrity, outcomeOf } from './refusal.js'
import { eventsOf, integrityEvent } from './request-event.js'
import type { Services } from '../context/services.js'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export interface StreamAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly stream: AsyncGenerator<string, void>
}

/** Sends it; resolves when it has ended. */
export type SendStream = (answer: StreamAnswer) => Promise<void>

export type WithTenant = <T>(
  item: Item,
  releaseBatchSlot: () => void,
  use: (context: TenantContext) => Promise<T>,
) => Promise<T>

export interface PipelineOptions {
  readonly services: Services
  readonly handlers: ReadonlyMap<string, AnyHandler>
  readonly withTenant: WithTenant
  /** Throws what the licence does not allow. */
  readonly requireLicense: (contract: Operation) => void
}

// A decision overtaken by a change is made again, soon holding the tenant's mutex, so that a burst of changes ends one
// after the other and whoever reads meanwhile is answered; changes that keep coming are somebody hammering one row.
const attempts = 8
const attemptsWithoutMutex = 3

export class Pipeline {
  constructor(private readonly options: PipelineOptions) {}

  /** Never rejects: every error becomes its answer. Null: it has left as a stream. */
  async answer(
    item: Item,
    releaseBatchSlot: () => void,
    sendStream: SendStream,
  ): Promise<Answer | null> {
    try {
      const contract = operations.get(item.operation) ?? null
      const handler = this.options.handlers.get(item.operation) ?? refusing
      const result =
        contract && 'public' in handler
          ? await this.#public(
              contract,
              handler as unknown as PublicHandler,
              item,
              releaseBatchSlot,
            )
          : await this.options.withTenant(item, releaseBatchSlot, async (context) => {
              const result = await this.#signedIn(
                contract,
                handler as unknown as Handler,
                item,
                context,
                releaseBatchSlot,
              )
              // The tenant stays open, and its keys unwiped, until the last piece is made.
              if (result.stream) await this.#stream(item, result, result.stream, sendStream)
              return result
            })
      return result.stream ? null : this.#success(item, result)
    } catch (error) {
      return this.#problem(item, error)
    }
  }

  async #public(
    contract: Operation,
    handler: PublicHandler,
    item: Item,
    releaseBatchSlot: () => void,
  ): Promise<Result> {
    if (item.fault) throw faultOf(item)
    const body = bodyOf(contract, item)
    const { services } = this.options
    const handle = (context: TenantContext | null): Promise<Result> =>
      repeat(() =>
        handler.handle({ ...callBase(item, body, releaseBatchSlot), context, services }),
      ).catch(async (error: unknown) => {
        if (context && isIntegrity(error)) await this.#auditIntegrity(context, item)
        throw error
      })
    if (item.tenant === null) return handle(null)
    // A hint that leads nowhere is answered like a wrong password, by the handler.
    try {
      return await this.options.withTenant(item, releaseBatchSlot, handle)
    } catch (error) {
      if (
        error instanceof ApiError &&
        (error.code === 'not_found' || error.code === 'tenant_suspended')
      )
        return handle(null)
      throw error
    }
  }

  #signedIn(
    contract: Operation | null,
    handler: Handler,
    item: Item,
    context: TenantContext,
    releaseBatchSlot: () => void,
  ): Promise<Result> {
    const { claims } = item
    if (!claims) throw new ApiError('unauthenticated')
    let body: unknown
    let parsed = false
    const events = eventsOf(handler, item)
    const attempt = async (holdsMutex: boolean): Promise<Result> => {
      const epoch = context.access.state.accessEpoch
      const { clock } = this.options.services
      const principal =
        knownPrincipal(context, claims, clock.now()) ??
        (await this.#authorise(context, claims, item))
      const event = events(principal, clock.now())
      try {
        if (contract) this.#requireAccess(contract, principal)
        if (item.fault || !contract) throw faultOf(item)
        requireWellFormed(item.headers)
        if (!parsed) body = bodyOf(contract, item)
        parsed = true
        return await handler.handle({
          ...callBase(item, body, releaseBatchSlot),
          context,
          principal,
          event,
          epoch,
          holdsMutex,
        })
      } catch (error) {
        await this.#auditRefusal(context, epoch, event, error)
        throw error
      }
    }
    return repeat((number) =>
      number <= attemptsWithoutMutex || handler.isLong
        ? attempt(false)
        : context.mutex.run(() => attempt(true)),
    )
  }

  async #authorise(context: TenantContext, claims: AccessClaims, item: Item): Promise<Principal> {
    try {
      return await authorise(context, claims, this.options.services.clock.now())
    } catch (error) {
      if (isIntegrity(error)) await this.#auditIntegrity(context, item)
      throw error
    }
  }

  /** A row that does not open where nobody is known yet: on record all the same (FORMATS §4). */
  async #auditIntegrity(context: TenantContext, item: Item): Promise<void> {
    const { clock } = this.options.services
    await context.audit.append(integrityEvent(context, item, clock.now()))
  }

  #requireAccess(contract: Operation, principal: Principal): void {
    const roles: readonly string[] = principal.roles
    // What is there in every plane is for whoever has a session, such as ending it.
    if (contract.audience !== 'any' && !contract.roles.some((role) => roles.includes(role)))
      throw new ApiError('forbidden')
    this.options.requireLicense(contract)
  }

  async #auditRefusal(
    context: TenantContext,
    epoch: number,
    event: Call['event'],
    error: unknown,
  ): Promise<void> {
    const outcome = outcomeOf(error)
    if (!outcome) return
    const state = await record(context, event({ code: codeOf(error) }, undefined, outcome))
    // What was refused may have been granted meanwhile.
    if (!isPresent(context, epoch, state) && error instanceof ApiError) throw new Redo(error)
  }

  async #stream(
    item: Item,
    { status, headers = {} }: Result,
    stream: AsyncGenerator<string, void>,
    sendStream: SendStream,
  ): Promise<void> {
    try {
      await sendStream({ status, headers, stream })
    } catch (error) {
      // Its head has left: all that is left to tell the client is that it is not whole.
      this.#log('a streamed answer was cut', item, error)
    }
  }

  #success(item: Item, { status, body, headers }: Result): Answer {
    if (item.tenant !== null) this.options.services.outages.reached(item.tenant)
    if (body === undefined) return { status, headers: headers ?? {}, body: null }
    return {
      status,
      headers: { 'content-type': 'application/json', ...headers },
      body: serialize(item.operation, status, body),
    }
  }

  #problem(item: Item, error: unknown): Answer {
    const code = codeOf(error)
    if (code === 'internal_error') this.#log('a request failed', item, error)
    if (code === 'integrity_failure') this.#log('a sealed row does not open', item, error)
    if (isOutage(code) && item.tenant !== null)
      this.options.services.outages.failed(item.tenant, code, error)
    const { detail, violations, headers } =
      error instanceof ApiError ? error : ({} as Partial<ApiError>)
    return {
      status: problemOf(code, item.requestId).status,
      headers: { ...problemHeaders(code), ...headers },
      body: JSON.stringify(problemOf(code, item.requestId, detail, violations)),
    }
  }

  #log(message: string, { operation, requestId, tenant }: Item, error: unknown): void {
    const fields = { operationId: operation, requestId, error }
    this.options.services.log.error(
      message,
      tenant === null ? fields : { ...fields, tenantId: tenant },
    )
  }
}

/** Of a database. */
const isOutage = (code: string): boolean =>
  code === 'database_unavailable' || code === 'control_unavailable' || code === 'audit_unavailable'

// What the front could not match to an operation of this plane: only its refusal is left to be audited and answered.
const refusing = {
  operationId: '',
  audited: { action: 'request' },
  handle: () => Promise.reject(new ApiError('not_found')),
} as unknown as AnyHandler

const repeat = async (attempt: (number: number) => Promise<Result>): Promise<Result> => {
  for (let number = 1; ; number++)
    try {
      return await attempt(number)
    } catch (error) {
      if (!(error instanceof Redo)) throw error
      if (number === attempts) throw error.otherwise ?? new ApiError('overloaded')
    }
}

const faultOf = ({ fault }: Item): ApiError =>
  new ApiError(fault?.code ?? 'not_found', undefined, fault?.violations)

const bodyOf = (contract: Operation, { body }: Item): unknown => {
  const { value, fault } = parseBody(contract.operationId, body)
  body?.fill(0)
  if (fault) throw new ApiError(fault.code, undefined, fault.violations)
  return value
}

// The contract has validated path, query and body: the exact types belong to the handler's own file.
const callBase = (item: Item, body: unknown, releaseBatchSlot: () => void) => ({
  path: item.path as never,
  query: item.query as never,
  body: body as never,
  headers: item.headers,
  requestId: item.requestId,
  clientAddress: item.clientAddress,
  releaseBatchSlot,
})
