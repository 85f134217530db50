// From a request to the thread that answers it, in the contract's order of checks (SPEC §7): the front finds 401 and
// what path, query and headers get wrong; a worker decides on state, role and the rest, and audits every refusal of a
// signed-in caller. The front never reads a body beyond the hint of a sign-in: it measures it as it arrives.
import { createHmac, randomBytes } from 'node:crypto'
import type { MessagePort } from 'node:worker_threads'
import { ApiError, errorCatalogue } from '../errors.js'
import { installationId, type TenantId } from '../ids.js'
import { networkOf } from '../network.js'
import type { Operation } from '../task/contract.js'
import type { AccessClaims, Item } from '../task/item.js'
import type { KnownNetworks } from './admission/known-networks.js'
import type { AnswerBudget, HeldRoom } from './admission/answer-budget.js'
import { expectedAnswer } from './admission/expected-answer.js'
import type { MinimumResponseTime } from './admission/minimum-response-time.js'
import type { SignInLimiter } from './admission/sign-in.js'
import { issuedToken } from './auth/issued-token.js'
import { SignInQueue, type SignInQueueOptions } from './admission/sign-in-queue.js'
import type { Authentication, VerifiedCache } from './auth/verified-cache.js'
import { refusalCost } from './dispatch/cost.js'
import { pipeStream } from './dispatch/piped.js'
import type { Answer, Shard } from './dispatch/shard.js'
import {
  type Draft,
  draftOf,
  estimateOf,
  faultOf,
  isTyped,
  refusedDraft,
  takesBody,
} from './draft.js'
import { type ReceivedBody, noBody } from './http/body.js'
import { problem, wrongMethod } from './http/problem.js'
import { type HttpReply, settle } from './http/reply.js'
import type { HttpRequest, Respond } from './http/request.js'
import type { Metrics } from './metrics.js'
import type { Hint } from './route/hint.js'
import { type Match, isShown, match, methodsOf, planeOfPath } from './route/table.js'
import { type Attempt, beginAttempt, destinationOf, nameOf } from './sign-in.js'
import { type RefusedSignIn, refusedSignIn } from './refused-sign-in.js'
import { type SystemState, metricsReply, systemReply } from './system.js'

/** Where requests go. */
export interface Dispatch {
  readonly management: Shard
  shardFor(tenant: TenantId): Shard
  /** For what leads to no tenant: of one key always the same. */
  anyShard(key: string): Shard
  resolve(shortCode: string): Promise<TenantId | null>
}

export interface GatewayOptions {
  readonly dispatch: Dispatch
  readonly tokens: VerifiedCache
  readonly limiter: SignInLimiter
  readonly knownNetworks: KnownNetworks
  /** Of each operation before authentication. */
  readonly signInQueue: SignInQueueOptions
  readonly minimumResponseTime: MinimumResponseTime
  /** Answers of workers to whoever is signed in; what the front itself says is small or the same for all. */
  readonly answers: AnswerBudget
  /** Bytes of one answer. */
  readonly answerBytes: number
  readonly system: SystemState
  readonly metrics: Metrics
  readonly onFault: (error: unknown) => void
  /** For whoever guards the door. */
  readonly onRefusedSignIn: (refused: RefusedSignIn) => void
}

type SignedInItem = Omit<Item, 'n' | 'tenant'> & { readonly tenant: TenantId }

const isLetIn = ({ audience }: Operation, { aud }: AccessClaims): boolean =>
  audience === aud || (audience === 'any' && (aud === 'msp' || aud === 'tenant'))

const find = ({ method, path }: HttpRequest): Match | null => {
  if (method !== 'HEAD') return match(method, path)
  const found = match('GET', path)
  return found && isShown(found.operation) ? found : null
}

/** Where nothing is, who shows a token is told so as the signed-in caller that they are. */
const isOpen = (found: Match | null, { path, authorization }: HttpRequest): boolean =>
  found
    ? found.operation.audience === 'none'
    : planeOfPath(path) === null && authorization === undefined

type Reply = (reply: HttpReply) => void

const replyOf = (
  { status, headers, body, stream }: Answer,
  { requestId }: HttpRequest,
  held: HeldRoom | null,
): HttpReply => {
  if (stream) return streamOf({ status, headers }, stream, held)
  if (status === 0) {
    held?.release()
    return problem('internal_error', requestId)
  }
  if (held === null) return { status, headers, body, wipe: true }
  held.resize(body?.length ?? 0)
  return { status, headers, body, wipe: true, held }
}

/** Its room is held until it has ended, or never will: the worker hears of it then. */
const streamOf = (
  head: Pick<HttpReply, 'status' | 'headers'>,
  stream: MessagePort,
  held: HeldRoom | null,
): HttpReply => {
  const release = (): void => {
    stream.close()
    held?.release()
  }
  return { ...head, stream: (writer) => pipeStream(stream, writer), held: { release } }
}

/** Who is let in does not wait; all others are answered at a time that tells nothing. */
type Hold = (status: number, answer: () => void) => void

const isSuccess = (status: number): boolean => status >= 200 && status < 300

/** For sign-ins of the same user or address that are under way: each wait ends after a second at the latest. */
const waitsAtMost = 20

export class Gateway {
  readonly #queues = new Map<string, SignInQueue>()
  readonly #nameKey = randomBytes(32)

  constructor(private readonly options: GatewayOptions) {}

  handle(request: HttpRequest, respond: Respond): void {
    const found = find(request)
    request.expectBody(found?.operation.body ?? null)
    const since = performance.now()
    const reply: Reply = (answer) => {
      const id = found?.operation.operationId ?? 'none'
      this.options.metrics.count(id, answer.status, performance.now() - since)
      respond(answer)
    }
    const others = found ? null : methodsOf(request.path)
    if (others) reply(wrongMethod(others, request.requestId))
    else if (isOpen(found, request)) this.#open(found, request, reply)
    else this.#authenticate(found, request, reply)
  }

  #open(found: Match | null, request: HttpRequest, reply: Reply): void {
    if (!found) reply(problem('not_found', request.requestId))
    else if (found.operation.plane === 'front') this.#system(found, request, reply)
    else this.#public(found, request, this.#expecting(request, reply))
  }

  /** Whoever is given a token will show it, perhaps from where others send bad ones. */
  #expecting({ remoteAddress }: HttpRequest, reply: Reply): Reply {
    return (answer) => {
      const token = issuedToken(answer)
      if (token !== null) this.options.tokens.expect(token, remoteAddress)
      reply(answer)
    }
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
    settle(answer)
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
    const shard = this.#shardOf(claims.tid)
    const send = (draft: Draft, cost: number): void =>
      this.#admit(shard, { ...draft, claims, tenant: claims.tid }, cost, request, reply)
    const sendWith = (body: ReceivedBody): void => {
      const draft = draftOf(own!, request, body)
      send(draft, estimateOf(own!, draft, body))
    }
    if (!own) send(refusedDraft(found, claims, request), refusalCost)
    else if (takesBody(own.operation, request) && isTyped(request)) request.readBody(sendWith)
    else sendWith(noBody)
  }

  #public(found: Match, request: HttpRequest, reply: Reply): void {
    request.readBody((body) => {
      const fault = faultOf(found, request, [], body)
      if (fault) return reply(problem(fault.code, request.requestId))
      // From here on: a body that is held back must not use the time up.
      const noEarlier = this.options.minimumResponseTime.begin()
      const hold: Hold = (status, answer) => (isSuccess(status) ? answer() : noEarlier(answer))
      void this.#attempt(found, request, body, hold, reply)
    })
  }

  async #attempt(
    found: Match,
    request: HttpRequest,
    body: ReceivedBody,
    hold: Hold,
    respond: Reply,
  ): Promise<void> {
    const attempt = await this.#begin(found, request, body.bytes)
    const reply = this.#telling(attempt, request, respond)
    const { refusal } = attempt
    if (refusal) {
      body.bytes?.fill(0)
      return hold(refusal.status, () => reply(refusal))
    }
    let leave = (): void => undefined
    // The place is held as long as the answer is: how fast the queue moves must tell nothing either.
    const answer: Reply = (answered) =>
      hold(answered.status, () => {
        leave()
        reply(answered)
      })
    try {
      const queue = this.#queueOf(found.operation)
      leave = await queue.enter(networkOf(request.remoteAddress), nameOf(attempt.hint))
      await this.#route(found, request, body, attempt, answer)
    } catch (error) {
      body.bytes?.fill(0)
      answer(this.#notCarriedOut(error, attempt, request))
    }
  }

  #telling({ hint }: Attempt, request: HttpRequest, reply: Reply): Reply {
    return (answer) => {
      const refused = refusedSignIn(hint, request, answer)
      if (refused) this.options.onRefusedSignIn(refused)
      reply(answer)
    }
  }

  /** A network that is known to the named tenant is asked for only where that makes a difference. */
  async #begin(found: Match, request: HttpRequest, body: Uint8Array | null): Promise<Attempt> {
    const { limiter, knownNetworks } = this.options
    const begin = (isKnown: boolean) =>
      beginAttempt(limiter, found.operation.operationId, request, body, isKnown)
    let attempt = begin(false)
    if (!attempt.refusal) return attempt
    const network = networkOf(request.remoteAddress)
    const isKnown = await knownNetworks.isKnown(attempt.hint.tenant, network)
    if (isKnown) attempt = begin(true)
    for (let waits = 0; attempt.soon && waits < waitsAtMost; waits++) {
      await attempt.soon
      attempt = begin(isKnown)
    }
    return attempt
  }

  #notCarriedOut(error: unknown, attempt: Attempt, { requestId }: HttpRequest): HttpReply {
    if (!(error instanceof ApiError)) this.options.onFault(error)
    const code = error instanceof ApiError ? error.code : 'control_unavailable'
    return problem(code, requestId, { headers: attempt.ended(errorCatalogue[code].status) })
  }

  #queueOf({ operationId }: Operation): SignInQueue {
    const queue = this.#queues.get(operationId) ?? new SignInQueue(this.options.signInQueue)
    this.#queues.set(operationId, queue)
    return queue
  }

  async #route(
    found: Match,
    request: HttpRequest,
    body: ReceivedBody,
    attempt: Attempt,
    reply: Reply,
  ): Promise<void> {
    const tenant = await destinationOf(attempt.hint, this.options.dispatch.resolve)
    const shard = tenant === null ? this.#shardOfNobody(attempt.hint) : this.#shardOf(tenant)
    const draft = draftOf(found, request, body)
    const cost = estimateOf(found, draft, body)
    const answered = (answer: HttpReply): void => {
      const limits = attempt.ended(answer.status)
      if (isSuccess(answer.status))
        this.options.knownNetworks.forget(attempt.hint.tenant, networkOf(request.remoteAddress))
      reply({ ...answer, headers: { ...limits, ...answer.headers } })
    }
    this.#submit(shard, { ...draft, claims: null, tenant }, cost, request, answered, null)
  }

  /** Nothing is begun whose answer would have no room. */
  #admit(shard: Shard, item: SignedInItem, cost: number, request: HttpRequest, reply: Reply): void {
    const { answers, answerBytes } = this.options
    const needed = { answer: expectedAnswer(item, answerBytes), body: item.body?.length ?? 0 }
    const room = answers.take(item.tenant, needed)
    if (room) return this.#submit(shard, item, cost, request, reply, room)
    const leave = answers.wait(item.tenant, needed, (later) => {
      if (later) this.#submit(shard, item, cost, request, reply, later)
      else this.#refuse(item.body, request, reply)
    })
    if (leave === null) return this.#refuse(item.body, request, reply)
    request.onAborted(() => {
      if (leave()) item.body?.fill(0)
    })
  }

  #submit(
    shard: Shard,
    item: Omit<Item, 'n'>,
    cost: number,
    request: HttpRequest,
    reply: Reply,
    held: HeldRoom | null,
  ): void {
    const onAnswer = (answer: Answer): void => reply(replyOf(answer, request, held))
    if (request.carryOut() && shard.submit(item, cost, onAnswer)) return
    held?.release()
    this.#refuse(item.body, request, reply)
  }

  #refuse(body: Uint8Array | null, request: HttpRequest, reply: Reply): void {
    body?.fill(0)
    reply(problem('overloaded', request.requestId))
  }

  /** Names that lead nowhere are as spread out as tenants are, and nobody can say which goes where. */
  #shardOfNobody(hint: Hint): Shard {
    const key = createHmac('sha256', this.#nameKey).update(nameOf(hint)).digest('base64url')
    return this.options.dispatch.anyShard(key)
  }

  #shardOf(tenant: TenantId): Shard {
    const { dispatch } = this.options
    return tenant === installationId ? dispatch.management : dispatch.shardFor(tenant)
  }
}
