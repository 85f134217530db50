// The engine: configuration, database, threads, listener, and their end. The order of the end is the drain first, then
// the threads, the embedded server last. It must never write a setting's value anywhere.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { monotonicClock, systemClock } from './clock.js'
import { type Config, loadProcessConfig } from './config.js'
import { createGateway } from './create-gateway.js'
import { type Embedded, startEmbedded } from './embedded/embedded.js'
import { Revocations } from './front/auth/revocations.js'
import {
  type Pools,
  type Threads,
  checkByManagement,
  endPools,
  preparePools,
  startThreads,
} from './front/dispatch/threads.js'
import type { Gateway } from './front/gateway.js'
import { type Listener, listen } from './front/http/listener.js'
import { methodsOf } from './front/route/table.js'
import { SlowReaders } from './front/http/slow-readers.js'
import type { Drain, Ending } from './grace.js'
import {
  sayListening,
  sayOpened,
  sayOwnTenant,
  sayRuntime,
  sayServer,
} from './greeting/greeting.js'
import { type Voice, createVoice } from './greeting/voice.js'
import { type Log, createLog } from './log.js'
import { protectMemory } from './preflight/memory.js'
import { checkPort } from './preflight/port.js'
import { preflight } from './preflight/preflight.js'
import { runtimeCosts } from './preflight/runtime.js'
import { checkOptions, shardsOf, threadOptions } from './thread-options.js'
import { withTimeout } from './with-timeout.js'

const drainMs = 5_000
/** Everything together: less than the 10 s after which the process ends by force. */
const endMs = 9_500
/** Of these, at least for the embedded server; what it then has left to do it does alone. */
const serverMs = 1_500
/** So long requests may take once the engine is to end; slow work is then cancelled. */
const cancelAfterMs = 3_000

/** What everything here needs. */
interface Around {
  readonly config: Config
  readonly log: Log
  readonly voice: Voice
  readonly ending: Ending
}

const tryListening = ({ config, log }: Around, gateway: Gateway): Promise<Listener> => {
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

/** Somebody may have been faster than the listener since the port was looked at. */
const openListener = async (around: Around, gateway: Gateway): Promise<Listener> => {
  try {
    return await tryListening(around, gateway)
  } catch (error) {
    await checkPort(around.config.listen)
    throw new Error(`listen: ${error instanceof Error ? error.message : 'there is no listener'}`)
  }
}

interface Running {
  readonly threads: Threads
  readonly listener: Listener
  readonly stopServer: () => Promise<void>
}

/** Requests first, then threads, the server last: each in what time there is left. */
const drainOf =
  ({ threads, listener, stopServer }: Running, log: Log): Drain =>
  async (cause) => {
    log.info('draining', cause)
    const cancelling = setTimeout(() => threads.cancelSlowWork(), cancelAfterMs)
    const since = monotonicClock.now()
    await listener.close(drainMs)
    clearTimeout(cancelling)
    const left = endMs - serverMs - (monotonicClock.now() - since)
    if (!(await threads.close(left))) log.warn('what hung was cut off')
    const rest = endMs - (monotonicClock.now() - since)
    if (!(await withTimeout(rest, stopServer()))) log.warn('the database server still stops')
  }

/** What was left undone goes on, while the engine serves already. */
const goOn = async ({ config, log, voice, ending }: Around, { threads, listener }: Running) => {
  await threads.control
    .resume()
    .catch((error: unknown) => log.error('interrupted provisionings do not go on', { error }))
  const ownTenant = await threads.control.openOwnTenant().catch((error: unknown) => {
    if (ending.cause === null)
      log.error("the enterprise edition's tenant is not ready; the next start tries again", {
        error,
      })
    return null
  })
  sayOwnTenant(voice, config, listener.port, ownTenant)
}

const openThreads = async (
  { config, log, voice, ending }: Around,
  pools: Pools,
  url: string,
  revocations: Revocations,
): Promise<Threads> => {
  const options = threadOptions(config, url, voice.isTerminal, log)
  const threads = await ending.unlessAsked(startThreads(pools, options, revocations))
  sayOpened(voice, config, threads.opened)
  return threads
}

const serve = async (
  around: Around,
  pools: Pools,
  url: string,
  stopServer: () => Promise<void>,
): Promise<void> => {
  const { config, log, voice, ending } = around
  const revocations = new Revocations(systemClock)
  const threads = await openThreads(around, pools, url, revocations)
  const isStopping = (): boolean => ending.cause !== null
  const gateway = createGateway(config, threads, revocations, isStopping, log)
  const listener = await openListener(around, gateway).catch(async (error: unknown) => {
    await threads.close(endMs)
    throw error
  })
  const running = { threads, listener, stopServer }
  ending.drainBy(drainOf(running, log))
  if (isStopping()) return
  sayListening(voice, config, listener.port, threads.opened)
  await goOn(around, running)
}

const openServer = async ({ config, log }: Around): Promise<Embedded | null> => {
  const { maxConnections, url } = config.database
  return url === null ? startEmbedded({ dataDir: config.data.dir, maxConnections, log }) : null
}

/** The management thread's look at what there is; where nothing is there yet, before anything is made. */
const checkedServer = async (around: Around, pools: Pools): Promise<Embedded | null> => {
  const { config, ending, voice } = around
  const checked = checkByManagement(pools, checkOptions(config))
  const isNew = !existsSync(join(config.data.dir, 'postgres'))
  if (isNew || config.database.url !== null) await ending.unlessAsked(checked)
  sayServer(voice, config, isNew)
  const [server, check] = await Promise.allSettled([openServer(around), checked])
  if (server.status === 'rejected') throw server.reason
  if (check.status === 'fulfilled') return server.value
  await server.value?.stop()
  throw check.reason
}

const start = async (around: Around): Promise<void> => {
  const { config, ending, voice } = around
  await preflight(config)
  ending.throwIfAsked()
  const unprotected = protectMemory(config, shardsOf(config))
  const pools = preparePools(shardsOf(config))
  const embedded = await checkedServer(around, pools).catch(async (error: unknown) => {
    await endPools(pools)
    throw error
  })
  // What stops a start is one line, so these come behind everything that may.
  sayRuntime(voice, runtimeCosts())
  for (const line of unprotected) voice.warn(line)
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
    ending.throwIfAsked()
    await serve(around, pools, config.database.url ?? embedded!.url, stopServer)
  } catch (error) {
    await endPools(pools)
    await stopServer()
    throw error
  }
}

/** Who asked for the end during the start gets it once nothing of the start is left. */
const startUnlessAsked = async (config: Config, ending: Ending): Promise<void> => {
  const log = createLog(config.logging.level)
  const voice = createVoice(log, process.stdout.isTTY ? process.stdout : null)
  try {
    await start({ config, log, voice, ending })
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
