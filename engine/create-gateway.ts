// The front's gateway with everything that it decides by, as the configuration wants it.
import { availableParallelism } from 'node:os'
import { monotonicClock, systemClock } from './clock.js'
import type { Config } from './config.js'
import { AnswerBudget } from './front/admission/answer-budget.js'
import { FailureBudget, failureBudgetDefaults } from './front/admission/failure-budget.js'
import { KnownNetworks } from './front/admission/known-networks.js'
import { MinimumResponseTime } from './front/admission/minimum-response-time.js'
import { SignInLimiter } from './front/admission/sign-in.js'
import type { SignInQueueOptions } from './front/admission/sign-in-queue.js'
import { SignatureChecks, signatureCheckDefaults } from './front/admission/signature-checks.js'
import { createTokenVerifier } from './front/auth/access-token.js'
import type { Revocations } from './front/auth/revocations.js'
import { VerifiedCache } from './front/auth/verified-cache.js'
import type { Threads } from './front/dispatch/threads.js'
import { Gateway } from './front/gateway.js'
import { createMetrics } from './front/metrics.js'
import type { Log } from './log.js'
import { operations } from './task/contract.js'

const tokensRemembered = 50_000
const subjectsRemembered = 50_000
/** For the room of an answer; what has not begun by then is refused. */
const answerWaitMs = 5_000
const answerSweepMs = 500
const version = '0.1.0'

const probeMs = 250

/** One probe at a time, its answer good for a moment: anybody may ask, and as often as they like. */
const sharedProbe = (probe: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | null = null
  const forget = (): void => void setTimeout(() => (running = null), probeMs).unref()
  return () => {
    if (running === null) {
      running = probe()
      running.then(forget, forget)
    }
    return running
  }
}

const createTokens = (threads: Threads, revocations: Revocations): VerifiedCache => {
  const clock = systemClock
  const { id, tokenKeys } = threads.opened
  const budget = new FailureBudget({ clock, ...failureBudgetDefaults })
  return new VerifiedCache({
    verifier: createTokenVerifier({ issuer: id, keys: tokenKeys, clock }),
    revocations,
    checks: new SignatureChecks({ budget, clock, ...signatureCheckDefaults }),
    clock,
    max: tokensRemembered,
  })
}

/** Operations before authentication: each has a queue of its own. */
const publicOperations = [...operations.values()].filter(({ plane }) => plane === 'public').length

/**
 * Enough places for those whose refusal waits for its time while all that may hash passwords do; together fewer than a
 * shard lets in (an eighth of its requests), so that no shard refuses what depends on a name.
 */
const signInQueueOf = ({ limits }: Config): SignInQueueOptions => {
  const share = Math.floor(limits.inFlight / 8 / publicOperations)
  const places = Math.max(1, Math.min(share, Math.max(32, 4 * availableParallelism())))
  return {
    places,
    perNetwork: Math.ceil(places / 2),
    perName: Math.ceil((places * 3) / 8),
    waiting: 512,
    waitingPerNetwork: 128,
    maxWaitMs: 20_000,
  }
}

const createAnswers = ({ limits }: Config): AnswerBudget => {
  const answers = new AnswerBudget({
    whole: limits.heldAnswerBytes,
    perTenant: limits.heldAnswerBytesPerTenant,
    wait: answerWaitMs,
    clock: monotonicClock,
  })
  setInterval(() => answers.sweep(), answerSweepMs).unref()
  return answers
}

export const createGateway = (
  config: Config,
  threads: Threads,
  revocations: Revocations,
  isStopping: () => boolean,
  log: Log,
): Gateway => {
  const metrics = createMetrics({
    pending: () => threads.pending,
    threads: () => threads.statistics(),
    version,
  })
  return new Gateway({
    dispatch: {
      management: threads.management,
      shardFor: (tenant) => threads.shardFor(tenant),
      anyShard: (key) => threads.anyShard(key),
      resolve: (shortCode) => threads.control.resolve(shortCode),
    },
    tokens: createTokens(threads, revocations),
    limiter: new SignInLimiter({
      clock: systemClock,
      perAddress: config.limits.signInFailuresPerAddress,
      perUser: config.limits.signInFailuresPerUser,
      max: subjectsRemembered,
    }),
    knownNetworks: new KnownNetworks({
      ask: (tenant, network) => threads.control.knowsNetwork(tenant, network),
      clock: systemClock,
      max: subjectsRemembered,
    }),
    signInQueue: signInQueueOf(config),
    minimumResponseTime: new MinimumResponseTime(monotonicClock, config.limits.signInFloorMs),
    answers: createAnswers(config),
    answerBytes: config.limits.answerBytes,
    system: {
      ready: sharedProbe(() => threads.control.ready()),
      isStopping,
      metrics: () => metrics.text(),
      attestationKeys: threads.opened.attestationKeys,
    },
    metrics,
    onFault: (error) => log.error('a request failed', { error }),
    onRefusedSignIn: (refused) => {
      log.info('a sign-in was refused', refused)
      metrics.signInRefused(refused)
    },
  })
}
