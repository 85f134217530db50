// What stops a start is told before anything is made: setting, what was tried, what the other side said, and no secret.
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '../../../../engine/clock.js'
import { checkInstallation } from '../../../../engine/worker/installation/check.js'
import { queryAs } from '../../../support/database.js'
import { sharedServer } from '../../../support/shared.js'
import { silentLog } from '../../../support/template.js'
import { targetFromUrl } from '../../../../engine/worker/store/postgres/target.js'

const around = { clock: systemClock, log: silentLog }
const server = await sharedServer(t)

const refusal = async (folder: string, url: string | null, more: object = {}): Promise<string> => {
  const options = {
    node: 'n',
    mek: { provider: 'file', file: join(folder, 'data', 'mek.key'), text: null },
    license: { file: null, publicKeys: [] },
    bootstrapPassword: null,
    allowUnsafeFsync: false,
    url,
    ...more,
  } as const
  try {
    await checkInstallation(options, around)
    return 'nothing'
  } catch (error) {
    return (error as Error).message
  }
}

const changed = (change: (url: URL) => void): string => {
  const url = new URL(server.engineUrl)
  change(url)
  return url.href
}

t.test('a server that is fit, and nothing is made', async (t) => {
  const folder = t.testdir({})
  t.equal(await refusal(folder, server.engineUrl), 'nothing')
  t.notOk(existsSync(join(folder, 'data')))
  const databases = await queryAs(targetFromUrl(server.url))(
    "select from pg_database where datname = 'rppam_control'",
  )
  t.strictSame(databases.length, 0)
})

for (const [name, change, expected] of [
  [
    'nobody listens',
    (url: URL) => (url.port = '1'),
    /: nobody listens there \(ECONNREFUSED\); tried was user "rppam" at 127\.0\.0\.1 port 1, database "postgres"$/,
  ],
  [
    'wrong password',
    (url: URL) => (url.password = 'canary'),
    /: the server refuses user or password \(28P01\); tried was user "rppam"/,
  ],
  [
    'unknown user',
    (url: URL) => (url.username = 'nobody'),
    /: the server refuses user or password \(28P01\); tried was user "nobody"/,
  ],
  [
    'unknown host',
    (url: URL) => (url.hostname = 'nowhere.invalid'),
    /: (the host name is not known \(ENOTFOUND\)|the name server does not answer \(EAI_AGAIN\)); tried was .* at nowhere\.invalid/,
  ],
  [
    'unknown database',
    (url: URL) => (url.pathname = '/nowhere'),
    /: the database does not exist \(3D000\); tried was .* database "nowhere"$/,
  ],
  [
    'no TLS there',
    (url: URL) => (url.search = '?sslmode=require'),
    /: .* \(\w+\); tried was .*, by TLS$/,
  ],
] as const)
  t.test(name, async (t) => {
    const message = await refusal(t.testdir({}), changed(change))
    t.match(message, /^database\.url: [^\n]+$/)
    t.match(message, expected)
    t.notMatch(message, new URL(server.engineUrl).password)
    t.notMatch(message, 'canary')
  })

t.test('a server that never answers', async (t) => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const { port } = silent.address() as AddressInfo
  const message = await refusal(t.testdir({}), `postgres://u:p@127.0.0.1:${port}/postgres`)
  t.match(
    message,
    /^database\.url: nobody answered in time.* \(CONNECT_TIMEOUT\); tried was user "u"/,
  )
})

t.test('password and licence before the server', async (t) => {
  const folder = t.testdir({})
  const dead = changed((url) => (url.port = '1'))
  t.match(await refusal(folder, dead, { bootstrapPassword: 'short' }), /^bootstrap\.password must/)
  const license = { file: '/nowhere/l', publicKeys: [] }
  t.match(await refusal(folder, dead, { license }), /^license\.file needs license\.publicKeys$/)
})
