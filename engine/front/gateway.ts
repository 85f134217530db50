// From a request to the thread that answers it, in the contract's order of checks (SPEC §7): the front finds 401 and
// what path, query and headers get wrong; a worker decides on state, role and the rest, and audits every refusal of a
// signed-in caller. The front never reads a body beyond the hint of a sign-in.
import { ApiError } from '../errors.js'
import { installationId, type TenantId } from '../ids.js'
import type { Operation } from '../task/contract.js'
import type { AccessClaims, Fault, Item, RequestHeaders } from '../task/item.js'
import type { MinimumResponseTime } from './admission/minimum-response-time.js'
import type { SignInLimiter } from './admission/sign-in.js'
import type { Authentication, VerifiedCache } from './auth/verified-cache.js'
import type { Answer, Shard } from './dispatch/shard.js'
import { problem } from './http/problem.js'
import type { HttpReply } from './http/reply.js'
import type { HttpRequest, Respond } from './http/request.js'
import type { Metrics } from './metrics.js'
import { readParameters } from './route/parameters.js'
import { type Match, match, planeOfPath } from './route/table.js'
import { type Attempt, beginAttempt, destinationOf } from './sign-in.js'
import { type SystemState, metricsReply, systemReply } from './system.js'

/** Where requests go. */
export interface Dispatch {
  readonly management: Shard
  shardFor(tenant: TenantId): Shard
  anyShard(): Shard
  resolve(shortCode: string): Promise<TenantId | null>
}

export interface GatewayOptions {
  readonly dispatch: Dispatch
  readonly tokens: VerifiedCache
  readonly limiter: SignInLimiter
  readonly minimumResponseTime: MinimumResponseTime
  readonly system: SystemState
  readonly metrics: Metrics
  readonly onFault: (error: unknown) => void
}

const jsonType = /^application\/json *(;|$)/i

/** What is wrong with the request before anybody has read its body. */
const faultOf = (operation: Operation, request: HttpRequest): Fault | null => {
  if (!operation.hasBody || request.contentLength === 0) return null
  if (!jsonType.test(request.contentType ?? '')) return { code: 'unsupported_media_type' }
  return request.tooLarge ? { code: 'payload_too_large' } : null
}

/** Nobody who has not signed in has more to say; all of them together must not use up the room for bodies. */
const publicBodyBytes = 16 * 1024

const publicFaultOf = (operation: Operation, request: HttpRequest): Fault | null => {
  const fault = faultOf(operation, request)
  if (fault) return fault
  return request.contentLength > publicBodyBytes ? { code: 'payload_too_large' } : null
}

const headersOf = ({ ifMatch, prefer, accept }: HttpRequest): RequestHeaders => ({
  ...(ifMatch === undefined ? {} : { ifMatch }),
  ...(prefer === undefined ? {} : { prefer }),
  ...(accept === undefined ? {} : { accept }),
})

type Draft = Omit<Item, 'n' | 'body' | 'tenant' | 'claims'>

const draftOf = ({ operation, params }: Match, request: HttpRequest): Draft => {
  const { path, query, violations } = readParameters(operation, params, request.query)
  const early = faultOf(operation, request)
  const late: Fault | null =
    violations.length > 0 ? { code: 'validation_failed', violations } : null
  return {
    operation: operation.operationId,
    path,
    query,
    headers: headersOf(request),
    fault: early ?? late,
    requestId: request.requestId,
    clientAddress: request.remoteAddress,
  }
}

const planeOf = ({ aud }: AccessClaims): 'management' | 'tenant' | null => {
  if (aud === 'msp') return 'management'
  return aud === 'tenant' ? 'tenant' : null
}

/** A signed-in caller at a place that is not there, or not theirs: a worker audits and answers it. */
const refusedDraft = (found: Match | null, claims: AccessClaims, request: HttpRequest): Draft => {
  const plane = planeOfPath(request.path)
  const isElsewhere = found !== null || (plane !== null && plane !== planeOf(claims))
  return {
    operation: '',
    ...(found ? { attempted: found.operation.operationId } : {}),
    path: {},
    query: {},
    headers: {},
    fault: { code: isElsewhere ? 'forbidden' : 'not_found' },
    requestId: request.requestId,
    clientAddress: request.remoteAddress,
  }
}

const isLetIn = ({ audience }: Operation, { aud }: AccessClaims): boolean =>
  audience === aud || (audience === 'any' && (aud === 'msp' || aud === 'tenant'))

/** HEAD is for what the front itself shows, metrics among it. */
const find = ({ method, path }: HttpRequest): Match | null => {
  if (method !== 'HEAD') return match(method, path)
  const found = match('GET', path)
  const shown = found?.operation.plane === 'front' || found?.operation.operationId === 'getMetrics'
  return shown ? found : null
}

/** Where nothing is, who shows a token is told so as the signed-in caller that they are. */
const isOpen = (found: Match | null, { path, authorization }: HttpRequest): boolean =>
  found
    ? found.operation.audience === 'none'
    : planeOfPath(path) === null && authorization === undefined

type Reply = (reply: HttpReply) => void

const replyOf = ({ status, headers, body }: Answer, { requestId }: HttpRequest): HttpReply =>
  status === 0 ? problem('internal_error', requestId) : { status, headers, body, wipe: true }

/** For sign-ins of the same user or address that are under way: each wait ends after a second at the latest. */
const waitsAtMost = 10

export class Gateway {
  constructor(private readonly options: GatewayOptions) {}

  handle(request: HttpRequest, respond: Respond): void {
    const found = find(request)
    const reply: Reply = (answer) => {
      this.options.metrics.count(found?.operation.operationId ?? 'none', answer.status)
      respond(answer)
    }
    if (isOpen(found, request)) this.#open(found, request, reply)
    else this.#authenticate(found, request, reply)
  }

  #open(found: Match | null, request: HttpRequest, reply: Reply): void {
    if (!found) reply(problem('not_found', request.requestId))
    else if (found.operation.plane === 'front') this.#system(found, request, reply)
    else this.#public(found, request, reply)
  }

  #authenticate(found: Match | null, request: HttpRequest, reply: Reply): void {
    const authentication = this.options.tokens.authenticate(
      request.authorization,
      request.remoteAddress,
    )
    const go = (result: Authentication): void => this.#authenticated(result, found, request, reply)
    // A token seen before costs no turn of the event loop.
    if (authentication instanceof Promise) void authentication.then(go)
    else go(authentication)
  }

  #authenticated(
    authentication: Authentication,
    found: Match | null,
    request: HttpRequest,
    reply: Reply,
  ): void {
    if (authentication === null) return reply(problem('unauthenticated', request.requestId))
    if (authentication === 'throttled')
      return reply(problem('rate_limited', request.requestId, { headers: { 'retry-after': '1' } }))
    if (found?.operation.operationId === 'getMetrics')
      this.#signedIn(found, request, authentication, (answer) =>
        this.#metrics(answer, request, reply),
      )
    else this.#signedIn(found, request, authentication, reply)
  }

  #system(found: Match, request: HttpRequest, reply: Reply): void {
    this.#eventually(
      systemReply(found.operation.operationId, request, this.options.system),
      request,
      reply,
    )
  }

  #metrics(answer: HttpReply, request: HttpRequest, reply: Reply): void {
    if (answer.status !== 200) return reply(answer)
    this.#eventually(metricsReply(this.options.system), request, reply)
  }

  #eventually(answer: HttpReply | Promise<HttpReply>, request: HttpRequest, reply: Reply): void {
    void Promise.resolve(answer).then(reply, (error: unknown) => {
      this.options.onFault(error)
      reply(problem('internal_error', request.requestId))
    })
  }

  #signedIn(found: Match | null, request: HttpRequest, claims: AccessClaims, reply: Reply): void {
    const own = found && isLetIn(found.operation, claims) ? found : null
    const draft = own ? draftOf(own, request) : refusedDraft(found, claims, request)
    const shard = this.#shardOf(claims.tid)
    const send = (body: Uint8Array | null): void =>
      this.#submit(shard, { ...draft, claims, tenant: claims.tid, body }, request, reply)
    if (own?.operation.hasBody && !faultOf(own.operation, request)) request.readBody(send)
    else send(null)
  }

  #public(found: Match, request: HttpRequest, reply: Reply): void {
    const fault = publicFaultOf(found.operation, request)
    if (fault) return reply(problem(fault.code, request.requestId))
    request.readBody((body) => {
      // From here on: a body that is held back must not use the time up.
      const noEarlier = this.options.minimumResponseTime.begin()
      const answer: Reply = (answered) =>
        answered.status === 401 ? noEarlier(() => reply(answered)) : reply(answered)
      void this.#attempt(found, request, body, answer)
    })
  }

  async #attempt(
    found: Match,
    request: HttpRequest,
    body: Uint8Array | null,
    reply: Reply,
  ): Promise<void> {
    const begin = () =>
      beginAttempt(this.options.limiter, found.operation.operationId, request, body)
    let attempt = begin()
    for (let waits = 0; attempt.soon && waits < waitsAtMost; waits++) {
      await attempt.soon
      attempt = begin()
    }
    if (attempt.refusal) {
      body?.fill(0)
      return reply(attempt.refusal)
    }
    await this.#route(found, request, body, attempt, reply).catch((error: unknown) => {
      attempt.ended(503)
      if (!(error instanceof ApiError)) this.options.onFault(error)
      const code = error instanceof ApiError ? error.code : 'control_unavailable'
      reply(problem(code, request.requestId))
    })
  }

  async #route(
    found: Match,
    request: HttpRequest,
    body: Uint8Array | null,
    attempt: Attempt,
    reply: Reply,
  ): Promise<void> {
    const tenant = await destinationOf(attempt.hint, this.options.dispatch.resolve)
    const shard = tenant === null ? this.options.dispatch.anyShard() : this.#shardOf(tenant)
    const item = { ...draftOf(found, request), claims: null, tenant, body }
    this.#submit(shard, item, request, (answer) => {
      const limits = attempt.ended(answer.status)
      reply({ ...answer, headers: { ...limits, ...answer.headers } })
    })
  }

  #submit(shard: Shard, item: Omit<Item, 'n'>, request: HttpRequest, reply: Reply): void {
    const taken = shard.submit(item, (answer) => reply(replyOf(answer, request)))
    if (taken) return
    item.body?.fill(0)
    reply(problem('overloaded', request.requestId))
  }

  #shardOf(tenant: TenantId): Shard {
    const { dispatch } = this.options
    return tenant === installationId ? dispatch.management : dispatch.shardFor(tenant)
  }
}
