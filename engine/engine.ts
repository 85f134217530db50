// The engine: configuration, database, threads, listener, and their end. The order of the end is the drain
// first, then the threads, the embedded server last. It must never write a setting's value anywhere.
import { availableParallelism } from 'node:os'
import { monotonicClock, systemClock } from './clock.js'
import { type Config, loadProcessConfig } from './config.js'
import { type Embedded, startEmbedded } from './embedded/embedded.js'
import { AnswerBudget } from './front/admission/answer-budget.js'
import { FailureBudget, failureBudgetDefaults } from './front/admission/failure-budget.js'
import { KnownNetworks } from './front/admission/known-networks.js'
import { MinimumResponseTime } from './front/admission/minimum-response-time.js'
import { SignInLimiter } from './front/admission/sign-in.js'
import { SignatureChecks, signatureCheckDefaults } from './front/admission/signature-checks.js'
import type { SignInQueueOptions } from './front/admission/sign-in-queue.js'
import { createTokenVerifier } from './front/auth/access-token.js'
import { Revocations } from './front/auth/revocations.js'
import { VerifiedCache } from './front/auth/verified-cache.js'
import {
  type Pools,
  type ThreadOptions,
  type Threads,
  endPools,
  preparePools,
  startThreads,
} from './front/dispatch/threads.js'
import { Gateway } from './front/gateway.js'
import { methodsOf } from './front/route/table.js'
import { type Listener, listen } from './front/http/listener.js'
import { SlowReaders } from './front/http/slow-readers.js'
import { createMetrics } from './front/metrics.js'
import type { Ending } from './grace.js'
import { operations } from './task/contract.js'
import { type Log, createLog } from './log.js'
import { withTimeout } from './with-timeout.js'
import { startupNotice, ownTenantNotice, passwordNotice } from './startup-notice.js'

const drainMs = 5_000
/** Everything together: less than the 10 s after which the process ends by force. */
const endMs = 9_500
/** Of these, at least for the embedded server; what it then has left to do it does alone. */
const serverMs = 1_500
/** So long requests may take once the engine is to end; slow work is then cancelled. */
const cancelAfterMs = 3_000
const tokensRemembered = 50_000
const subjectsRemembered = 50_000
/** For the room of an answer; what has not begun by then is refused. */
const answerWaitMs = 5_000
const answerSweepMs = 500
const version = '0.1.0'

const threadOptions = (config: Config, url: string, log: Log): ThreadOptions => {
  const { limits, audit, keys, license, database, node } = config
  const worker = {
    node: node.name,
    logLevel: config.logging.level,
    idleMs: limits.tenantIdleSeconds * 1_000,
    anchorIntervalMs: audit.anchorIntervalMs,
    anchorEvery: audit.anchorEvery,
    allowUnsafeFsync: database.allowUnsafeFsync,
    limits: {
      bodyBytes: limits.bodyBytes,
      fieldBytes: limits.fieldBytes,
      entryBytes: limits.entryBytes,
      answerBytes: limits.answerBytes,
      openTenants: limits.openTenants,
      waitSeconds: limits.waitSeconds,
    },
  }
  return {
    inFlight: limits.inFlight,
    connections: database.maxConnections,
    worker,
    installation: {
      node: node.name,
      url,
      mek: { provider: keys.provider, file: keys.mekFile, text: keys.mek },
      license: { file: license.file, publicKeys: license.publicKeys },
      tenantCode: license.tenantCode,
      bootstrapPassword: config.bootstrap.password,
      allowUnsafeFsync: database.allowUnsafeFsync,
      openTenants: limits.openTenants,
      idleMs: worker.idleMs,
    },
    // A thread that died took its tenants' keys and chains with it: the process ends, and is started anew.
    onFault: (error) => {
      log.fatal('a thread died', { error })
      queueMicrotask(() => {
        throw error
      })
    },
  }
}

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

const createGateway = (
  config: Config,
  threads: Threads,
  revocations: Revocations,
  isStopping: () => boolean,
  log: Log,
): Gateway => {
  const metrics = createMetrics({
    pending: () => threads.pending,
    openTenants: () => threads.openTenants(),
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
    },
    metrics,
    onFault: (error) => log.error('a request failed', { error }),
  })
}

const openListener = (config: Config, gateway: Gateway, log: Log): Promise<Listener> => {
  const { host, port, tls, allowedHosts, trustedProxies, cors } = config.listen
  return listen(
    {
      host,
      port,
      tls: tls && { certFile: tls.cert, keyFile: tls.key },
      bodyLimit: config.limits.bodyBytes,
      allowedHosts,
      trustedProxies,
      corsOrigins: cors.origins,
      methodsOf,
      readers: new SlowReaders(monotonicClock, config.limits.slowReaderSeconds * 1_000),
      log,
    },
    (request, respond) => gateway.handle(request, respond),
  )
}

const serve = async (
  config: Config,
  pools: Pools,
  url: string,
  log: Log,
  stopServer: () => Promise<void>,
  ending: Ending,
): Promise<void> => {
  ending.throwIfAsked()
  const revocations = new Revocations(systemClock)
  const starting = startThreads(pools, threadOptions(config, url, log), revocations)
  const threads = await ending.unlessAsked(starting)
  process.stdout.write(passwordNotice(threads.opened))
  let stopping = false
  const gateway = createGateway(config, threads, revocations, () => stopping, log)
  const listener = await openListener(config, gateway, log).catch(async (error: unknown) => {
    await threads.close(endMs)
    throw error
  })
  ending.drainBy(async (cause) => {
    stopping = true
    log.info('draining', cause)
    const cancelling = setTimeout(() => threads.cancelSlowWork(), cancelAfterMs)
    const since = monotonicClock.now()
    await listener.close(drainMs)
    clearTimeout(cancelling)
    const left = endMs - serverMs - (monotonicClock.now() - since)
    if (!(await threads.close(left))) log.warn('what hung was cut off')
    const rest = endMs - (monotonicClock.now() - since)
    if (!(await withTimeout(rest, stopServer()))) log.warn('the database server still stops')
  })
  if (ending.cause) return
  log.info('ready', { port: listener.port })
  process.stdout.write(startupNotice(config, listener.port))
  await threads.control
    .resume()
    .catch((error: unknown) => log.error('interrupted provisionings do not go on', { error }))
  const ownTenant = await threads.control.openOwnTenant().catch((error: unknown) => {
    if (!stopping)
      log.error("the enterprise edition's tenant is not ready; the next start tries again", {
        error,
      })
    return null
  })
  process.stdout.write(ownTenantNotice(ownTenant))
}

const shardsOf = ({ workers }: Config): number =>
  workers.shards || Math.max(1, availableParallelism() - 1)

const openServer = async ({ database, data }: Config, log: Log): Promise<Embedded | null> => {
  const { maxConnections, url } = database
  return url === null ? startEmbedded({ dataDir: data.dir, maxConnections, log }) : null
}

const start = async (config: Config, log: Log, ending: Ending): Promise<void> => {
  ending.throwIfAsked()
  const pools = preparePools(shardsOf(config))
  const embedded = await openServer(config, log).catch(async (error: unknown) => {
    await endPools(pools)
    throw error
  })
  let stopping = false
  const stopServer = async (): Promise<void> => {
    stopping = true
    await embedded?.stop()
  }
  // Nothing works without it: whoever watches over the engine is to start it again.
  void embedded?.ended.then(() => {
    if (!stopping) throw new Error('the embedded PostgreSQL has ended')
  })
  try {
    await serve(config, pools, config.database.url ?? embedded!.url, log, stopServer, ending)
  } catch (error) {
    await endPools(pools)
    await stopServer()
    throw error
  }
}

/** Who asked for the end during the start gets it once nothing of the start is left. */
const startUnlessAsked = async (config: Config, ending: Ending): Promise<void> => {
  const log = createLog(config.logging.level)
  try {
    await start(config, log, ending)
  } catch (error) {
    if (ending.cause === null) throw error
    log.info('draining', ending.cause)
    process.exit(0)
  }
}

/** Never rejects. */
export const run = async (ending: Ending): Promise<void> => {
  try {
    await startUnlessAsked(loadProcessConfig(), ending)
  } catch (error) {
    process.stderr.write(`rppam: ${error instanceof Error ? error.message : 'cannot start'}\n`)
    process.exitCode = 1
  }
}
