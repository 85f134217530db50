// The ceiling's process: the engine's own listener and token check in front of a body that never changes.
import { once } from 'node:events'
import type { JWK } from 'jose'
import { monotonicClock, systemClock } from '../../../engine/clock.js'
import {
  FailureBudget,
  failureBudgetDefaults,
} from '../../../engine/front/admission/failure-budget.js'
import {
  SignatureChecks,
  signatureCheckDefaults,
} from '../../../engine/front/admission/signature-checks.js'
import { createTokenVerifier } from '../../../engine/front/auth/access-token.js'
import { Revocations } from '../../../engine/front/auth/revocations.js'
import { type Authentication, VerifiedCache } from '../../../engine/front/auth/verified-cache.js'
import { type HttpHandler, listen } from '../../../engine/front/http/listener.js'
import { problem } from '../../../engine/front/http/problem.js'
import { SlowReaders } from '../../../engine/front/http/slow-readers.js'
import { createLog } from '../../../engine/log.js'

export interface CeilingOrder {
  readonly issuer: string
  readonly publicKey: JWK
  readonly body: string
}

export interface CeilingReady {
  readonly port: number
}

const clock = systemClock

const createCache = ({ issuer, publicKey }: CeilingOrder): VerifiedCache =>
  new VerifiedCache({
    verifier: createTokenVerifier({ issuer, keys: [publicKey], clock }),
    revocations: new Revocations(clock),
    checks: new SignatureChecks({
      budget: new FailureBudget({ ...failureBudgetDefaults, clock }),
      clock,
      ...signatureCheckDefaults,
    }),
    clock,
    max: 1000,
  })

const createHandler = (order: CeilingOrder): HttpHandler => {
  const cache = createCache(order)
  const body = Buffer.from(order.body)
  const headers = { etag: '"1"' }
  return (request, respond) => {
    const answer = (found: Authentication): void =>
      found === null || found === 'throttled'
        ? respond(problem('unauthenticated', request.requestId))
        : respond({ status: 200, headers, body })
    const found = cache.authenticate(request.authorization, request.remoteAddress)
    if (found instanceof Promise) void found.then(answer)
    else answer(found)
  }
}

process.once('disconnect', () => process.exit(1))
const [order] = (await once(process, 'message')) as [CeilingOrder]
const { port, close } = await listen(
  {
    host: '127.0.0.1',
    port: 0,
    tls: null,
    bodyLimit: 1024 * 1024,
    allowedHosts: [],
    trustedProxies: [],
    corsOrigins: [],
    methodsOf: () => null,
    readers: new SlowReaders(monotonicClock, 15_000),
    log: createLog('silent'),
  },
  createHandler(order),
)
process.once('SIGTERM', () => void close(1000).finally(() => process.exit(0)))
const ready: CeilingReady = { port }
process.send!(ready)
