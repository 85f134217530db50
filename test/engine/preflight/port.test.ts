// A port or address that cannot be listened on is told before anything is made, with who is in the way or what is missing.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { checkPort } from '../../../engine/preflight/port.js'

const host = '127.0.0.1'

t.test('in use', async (t) => {
  const other = createServer().listen(0, host)
  await once(other, 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  await t.rejects(checkPort({ host, port }), {
    name: 'ConfigError',
    message: `listen.port: cannot listen on ${host} port ${port}: another process listens there (EADDRINUSE); end it, or set listen.port to another one`,
  })
})

t.test('free, and free afterwards', async (t) => {
  const probe = createServer().listen(0, host)
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  await checkPort({ host, port })
  await t.resolves(checkPort({ host, port }))
})

t.test('an address of another machine', async (t) => {
  await t.rejects(checkPort({ host: '192.0.2.1', port: 7101 }), {
    message:
      /^listen\.host: .*192\.0\.2\.1.*none of this machine \(EADDRNOTAVAIL\); set listen\.host/,
  })
})

const isRoot = process.geteuid?.() === 0
t.test('not permitted', isRoot ? { skip: 'root may listen everywhere' } : {}, async (t) => {
  await t.rejects(checkPort({ host, port: 80 }), { message: /^listen\.port: .*\(EACCES\); ports/ })
})
