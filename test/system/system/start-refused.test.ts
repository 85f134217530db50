// What stops a start is one line that names the setting, before anything is made.
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startEngine } from '../../support/engine.js'

const refusal = async (t: Test, env: Readonly<Record<string, string>>): Promise<string> => {
  const engine = await startEngine(t, { env, fresh: true, wait: false })
  t.match(await engine.exited, { code: 1 })
  t.notOk(existsSync(engine.dataDir), 'nothing is made')
  const [line = '', ...more] = engine.output().trim().split('\n')
  t.strictSame(more, [])
  return line
}

t.test('a port that is taken', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  const line = await refusal(t, { RPPAM_LISTEN_PORT: String(port) })
  t.match(line, `rppam: listen.port: cannot listen on 127.0.0.1 port ${port}: another process`)
})

t.test('the rest of its kind', async (t) => {
  const folder = t.testdir({ 'cert.pem': 'canary', 'mek.key': 'canary' })
  const file = (name: string): string => join(folder, name)
  writeFileSync(file('broken.json'), '{\n  "bootstrap": { "password": "canary" }\n  "data": 1 }')
  for (const [env, expected] of [
    [
      { RPPAM_LISTEN_TLS_CERT: file('cert.pem'), RPPAM_LISTEN_TLS_KEY: file('none') },
      /^rppam: listen\.tls\.key: .*none cannot be read: it does not exist/,
    ],
    [{ RPPAM_BOOTSTRAP_PASSWORD: 'canary' }, /^rppam: bootstrap\.password must have at least 12/],
    [{ RPPAM_CONFIG: file('broken.json') }, /broken\.json is not .*\(line 3, column 3\)$/],
    [{ RPPAM_LICENSE_FILE: file('none') }, /^rppam: license\.file needs license\.publicKeys$/],
    [
      { RPPAM_DATABASE_URL: 'postgres://rppam:canary@127.0.0.1:1/postgres' },
      /^rppam: database\.url: nobody listens there \(ECONNREFUSED\); tried was user "rppam" at/,
    ],
    [{ RPPAM_KEYS_MEK_FILE: file('mek.key') }, /^rppam: keys\.mekFile: the MEK in .*mek\.key /],
  ] as const) {
    const line = await refusal(t, env)
    t.match(line, expected)
    t.notMatch(line, 'canary')
  }
})
