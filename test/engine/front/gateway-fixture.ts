// The gateway with everything it really has, over shards that a test sees into: the thread's border is the only fake.
import { KnownNetworks } from '../../../engine/front/admission/known-networks.js'
import { AnswerBudget } from '../../../engine/front/admission/answer-budget.js'
import { MinimumResponseTime } from '../../../engine/front/admission/minimum-response-time.js'
import { SignInLimiter } from '../../../engine/front/admission/sign-in.js'
import { FailureBudget } from '../../../engine/front/admission/failure-budget.js'
import { SignatureChecks } from '../../../engine/front/admission/signature-checks.js'
import { createTokenVerifier } from '../../../engine/front/auth/access-token.js'
import { Revocations } from '../../../engine/front/auth/revocations.js'
import { VerifiedCache } from '../../../engine/front/auth/verified-cache.js'
import type { OnAnswer, Shard } from '../../../engine/front/dispatch/shard.js'
import { Gateway } from '../../../engine/front/gateway.js'
import { type ReceivedBody, noBody } from '../../../engine/front/http/body.js'
import type { RefusedSignIn } from '../../../engine/front/refused-sign-in.js'
import type { HttpReply } from '../../../engine/front/http/reply.js'
import type { HttpRequest } from '../../../engine/front/http/request.js'
import { type TenantId, newId } from '../../../engine/ids.js'
import type { AccessClaims, Item } from '../../../engine/task/item.js'
import type { BodyLimits } from '../../../engine/task/contract.js'
import { createSigner, handClock, issuer } from './auth/signing.js'

type Submitted = Omit<Item, 'n'>
/** What the worker behind a shard would do. Null: nothing, the request waits. */
export type Worker = (item: Submitted, answer: OnAnswer) => void

export class FakeShard {
  readonly items: Submitted[] = []
  readonly costs: number[] = []
  isFull = false

  constructor(
    readonly name: string,
    private readonly worker: Worker,
  ) {}

  submit(item: Submitted, cost: number, answer: OnAnswer): boolean {
    if (this.isFull) return false
    this.items.push(item)
    this.costs.push(cost)
    this.worker(item, answer)
    return true
  }
}

const answering: Worker = (_item, answer) =>
  answer({ status: 200, headers: {}, body: Buffer.from('{}') })

const signer = await createSigner('k1')

export interface Ask {
  readonly token?: string
  readonly body?: string
  readonly contentType?: string
  readonly tooLarge?: boolean
  readonly headers?: Partial<Pick<HttpRequest, 'ifMatch' | 'prefer' | 'accept'>>
  readonly onAborted?: HttpRequest['onAborted']
}

export interface ShownReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  // What a test looks into differs.
  readonly json: Readonly<Record<string, unknown>>
}

const shown = (reply: HttpReply): ShownReply => {
  const { status, headers, body } = reply as {
    status: number
    headers: Record<string, string>
    body: string | Uint8Array | null
  }
  const text = body === null ? '' : Buffer.from(body).toString()
  const isJson = /^[[{]/.test(text)
  return { status, headers, text, json: isJson ? JSON.parse(text) : {} }
}

const MiB = 1024 * 1024

export const gatewayWith = (worker: Worker = answering, floorMs = 0) => {
  const refused: RefusedSignIn[] = []
  const held: { readonly answer: () => void; readonly ms: number }[] = []
  const clock = handClock()
  const tenants = new FakeShard('tenants', worker)
  const management = new FakeShard('management', worker)
  const any = new FakeShard('any', worker)
  const codes = new Map<string, TenantId>()
  const known = new Set<string>()
  const counted: string[] = []
  const faults: unknown[] = []
  const state = { resolving: null as Error | null }
  const revocations = new Revocations(clock)
  const limiter = new SignInLimiter({ clock, perAddress: 100, perUser: 3, max: 100 })
  const answers = new AnswerBudget({ whole: 32 * MiB, perTenant: 8 * MiB, wait: 5_000, clock })
  const gateway = new Gateway({
    dispatch: {
      management: management as unknown as Shard,
      shardFor: () => tenants as unknown as Shard,
      anyShard: () => any as unknown as Shard,
      resolve: async (code) => {
        if (state.resolving) throw state.resolving
        return codes.get(code) ?? null
      },
    },
    tokens: new VerifiedCache({
      verifier: createTokenVerifier({ issuer, keys: [signer.publicKey], clock }),
      revocations,
      checks: new SignatureChecks({
        budget: new FailureBudget({ clock, burst: 5, perSecond: 1, max: 100 }),
        clock,
        prompt: { atOnce: 4, waiting: 10 },
        limited: { atOnce: 1, waiting: 2 },
        max: 100,
      }),
      clock,
      max: 100,
    }),
    limiter,
    knownNetworks: new KnownNetworks({
      ask: async (tenant, network) => known.has(`${JSON.stringify(tenant)} ${network}`),
      clock,
      max: 100,
    }),
    signInQueue: {
      places: 4,
      perNetwork: 4,
      perName: 4,
      waiting: 4,
      waitingPerNetwork: 4,
      maxWaitMs: 1_000,
      schedule: () => undefined,
    },
    answers,
    answerBytes: 4 * MiB,
    // Held answers leave when the test says so.
    minimumResponseTime: new MinimumResponseTime(
      clock,
      floorMs,
      (answer, ms) => void held.push({ answer, ms }),
    ),
    system: {
      ready: () => Promise.resolve(),
      isStopping: () => false,
      attestationKeys: [],
      metrics: () => Promise.reject(new Error('no worker')),
    },
    metrics: {
      count: (operationId, status) => void counted.push(`${operationId} ${status}`),
      signInRefused: () => undefined,
      text: () => Promise.resolve(''),
    },
    onFault: (error) => faults.push(error),
    onRefusedSignIn: (one) => refused.push(one),
  })
  const ask = (method: string, target: string, asking: Ask = {}): Promise<ShownReply> =>
    new Promise((resolve) =>
      gateway.handle(requestOf(method, target, asking), (reply) => resolve(shown(reply))),
    )
  return {
    gateway,
    ask,
    tenants,
    management,
    any,
    codes,
    refused,
    known,
    counted,
    faults,
    held,
    answers,
    state,
    revocations,
    clock,
  }
}

const requestOf = (method: string, target: string, asking: Ask): HttpRequest => {
  const { token, body, contentType = 'application/json', tooLarge = false, headers = {} } = asking
  const [path = '', query = ''] = target.split('?')
  let limits: BodyLimits | null = null
  return {
    method,
    path,
    query,
    authorization: token === undefined ? undefined : `Bearer ${token}`,
    contentType: body === undefined ? undefined : contentType,
    ifMatch: undefined,
    idempotencyKey: undefined,
    prefer: undefined,
    accept: undefined,
    ...headers,
    contentLength: body?.length ?? 0,
    requestId: newId(),
    remoteAddress: '192.0.2.1',
    expectBody: (expected) => (limits = expected),
    carryOut: () => true,
    readBody: (done) =>
      done(receivedOf(body, tooLarge || (body?.length ?? 0) > (limits?.bytes ?? 0))),
    onAborted: asking.onAborted ?? (() => undefined),
  }
}

const receivedOf = (body: string | undefined, tooLarge: boolean): ReceivedBody => {
  if (tooLarge) return { bytes: null, fault: 'payload_too_large', tokens: 0 }
  return body === undefined
    ? noBody
    : { bytes: Uint8Array.from(Buffer.from(body)), fault: null, tokens: 0 }
}

/** A token of these claims, good for the gateways of this file. */
export const tokenOf = (claims: Partial<AccessClaims> = {}): Promise<string> =>
  signer.sign({ ...claims, ...expiring })

const expiring = { exp: 1_800_000_600 }
