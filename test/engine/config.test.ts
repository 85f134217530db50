// Defaults, file and environment resolve to one readonly object; the variables are gone afterwards.
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig, variableNames } from '../../engine/config.js'

t.test('defaults', async (t) => {
  const cwd = t.testdir()
  const config = loadConfig({}, cwd, [])
  t.equal(config.listen.host, '127.0.0.1')
  t.equal(config.listen.port, 7101)
  t.equal(config.listen.tls, null)
  t.equal(config.node.name, hostname())
  t.equal(config.data.dir, join(cwd, '.rppam'))
  t.equal(config.keys.mekFile, join(cwd, '.rppam', 'mek.key'))
  t.equal(config.keys.suite, 'xchacha20-poly1305')
  t.equal(config.database.url, null)
  t.equal(config.limits.bodyBytes, 1048576)
  t.equal(config.audit.anchorEvery, 1000)
  t.throws(() => Object.assign(config.limits, { bodyBytes: 1 }), TypeError, 'nothing changes later')
})

t.test('the environment wins over the file', async (t) => {
  const cwd = t.testdir({
    'rppam.config': JSON.stringify({
      listen: { port: 1, allowedHosts: ['a'] },
      data: { dir: 'from-file' },
      limits: { signInFailuresPerUser: 3 },
    }),
  })
  const env = {
    PATH: '/bin',
    RPPAM_LISTEN_PORT: '2',
    RPPAM_LISTEN_ALLOWED_HOSTS: 'b, c',
    RPPAM_LISTEN_CORS_ORIGINS: 'https://portal.example',
    RPPAM_DATABASE_ALLOW_UNSAFE_FSYNC: 'true',
    RPPAM_DATABASE_URL: '',
    RPPAM_KEYS_SUITE: 'xaes-256-gcm',
    RPPAM_BOOTSTRAP_PASSWORD: '007',
  }
  const config = loadConfig(env, cwd, [])
  t.equal(config.listen.port, 2)
  t.strictSame(config.listen.allowedHosts, ['b', 'c'])
  t.strictSame(config.listen.cors.origins, ['https://portal.example'])
  t.equal(config.database.allowUnsafeFsync, true)
  t.equal(config.database.url, null, 'an empty variable is unset')
  t.equal(config.keys.suite, 'xaes-256-gcm')
  t.equal(config.bootstrap.password, '007', 'text stays text')
  t.equal(config.data.dir, join(cwd, 'from-file'))
  t.equal(config.limits.signInFailuresPerUser, 3)
  t.strictSame(env, { PATH: '/bin' }, 'nothing of ours is left for children and workers')
})

t.test('$RPPAM_CONFIG is read instead of ./rppam.config', async (t) => {
  const cwd = t.testdir({ 'rppam.config': '{"listen": {"port": 1}}' })
  writeFileSync(join(cwd, 'other.json'), '{"listen": {"port": 3}}')
  t.equal(loadConfig({ RPPAM_CONFIG: 'other.json' }, cwd, []).listen.port, 3)
})

t.test('every key has a variable', async (t) => {
  for (const name of ['RPPAM_DATA_DIR', 'RPPAM_KEYS_CACHE_TTL_SECONDS', 'RPPAM_LISTEN_TLS_CERT'])
    t.ok(variableNames.includes(name), name)
  t.equal(new Set(variableNames).size, variableNames.length)
})

t.test('the MEK by environment', async (t) => {
  const env = { RPPAM_KEYS_PROVIDER: 'environment', RPPAM_KEYS_MEK: 'rppam-mek-1 00 AA==' }
  t.equal(loadConfig(env, t.testdir(), []).keys.mek, 'rppam-mek-1 00 AA==')
})

t.test('other addresses with TLS or trusted proxies', async (t) => {
  const cwd = t.testdir()
  const tls = { RPPAM_LISTEN_TLS_CERT: 'c.pem', RPPAM_LISTEN_TLS_KEY: '/k.pem' }
  t.strictSame(loadConfig({ RPPAM_LISTEN_HOST: '0.0.0.0', ...tls }, cwd, []).listen.tls, {
    cert: join(cwd, 'c.pem'),
    key: '/k.pem',
  })
  const proxies = { RPPAM_LISTEN_TRUSTED_PROXIES: '10.0.0.0/8,::1' }
  t.strictSame(loadConfig({ RPPAM_LISTEN_HOST: '::', ...proxies }, cwd, []).listen.trustedProxies, [
    '10.0.0.0/8',
    '::1',
  ])
})
