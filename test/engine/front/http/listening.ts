// A listener on a free loopback port with settings that tests rarely need to name.
import type { Test } from 'tap'
import {
  type HttpHandler,
  type ListenOptions,
  type Listener,
  listen,
} from '../../../../engine/front/http/listener.js'
import { SlowReaders } from '../../../../engine/front/http/slow-readers.js'
import { monotonicClock } from '../../../../engine/clock.js'
import { createLog } from '../../../../engine/log.js'

export const KiB = 1024

export const listening = async (
  t: Pick<Test, 'teardown'>,
  handler: HttpHandler,
  options: Partial<ListenOptions> = {},
): Promise<Listener> => {
  const listener = await listen(
    {
      host: '127.0.0.1',
      port: 0,
      tls: null,
      bodyLimit: 64 * KiB,
      allowedHosts: [],
      trustedProxies: [],
      corsOrigins: [],
      methodsOf: () => null,
      readers: new SlowReaders(monotonicClock, 15_000),
      log: createLog('silent'),
      ...options,
    },
    handler,
  )
  t.teardown(() => listener.close(0))
  return listener
}

export const ok: HttpHandler = (_request, respond) =>
  respond({ status: 200, headers: {}, body: '{}' })
