// The engine's process: configuration, database, listener, and their end. The order of the end is the drain first, the
// embedded server last. It must never write a setting's value anywhere.
import { loadProcessConfig, type Config } from './config.js'
import { startEmbedded } from './embedded/embedded.js'
import { listen, type HttpHandler } from './front/http/listener.js'
import { problem } from './front/http/problem.js'
import { endWithGrace } from './grace.js'
import { createLog } from './log.js'

const drainMs = 8_000

const health = new Set(['ping', 'live', 'ready'].map((name) => `/system/health/${name}`))

const answer: HttpHandler = (request, respond) => {
  if (!health.has(request.path)) return respond(problem('not_found', request.requestId))
  const headers = { 'content-type': 'application/json' }
  respond({ status: 200, headers, body: JSON.stringify({ status: 'ok' }) })
}

const run = async (config: Config): Promise<void> => {
  const log = createLog(config.logging.level)
  const { maxConnections, url } = config.database
  const embedded =
    url === null ? await startEmbedded({ dataDir: config.data.dir, maxConnections, log }) : null
  const { host, port, tls, allowedHosts, trustedProxies, cors } = config.listen
  const listener = await listen(
    {
      host,
      port,
      tls: tls && { certFile: tls.cert, keyFile: tls.key },
      bodyLimit: config.limits.bodyBytes,
      allowedHosts,
      trustedProxies,
      corsOrigins: cors.origins,
      log,
    },
    answer,
  )
  endWithGrace(async (cause) => {
    log.info('draining', cause)
    await listener.close(drainMs)
    await embedded?.stop()
  })
  log.info('ready', { port: listener.port })
  process.stdout.write(`RP-PAM listens on ${tls ? 'https' : 'http'}://${host}:${listener.port}\n`)
}

try {
  // FORMATS §9: without a listener this signal opens the inspector.
  process.on('SIGUSR1', () => undefined)
  await run(loadProcessConfig())
} catch (error) {
  process.stderr.write(`rppam: ${error instanceof Error ? error.message : 'cannot start'}\n`)
  process.exitCode = 1
}
