// The installation: over TLS, on a server of its own that the engine is no superuser of, found again by a second start,
// and refused when its MEK is missing.
import { execFile } from 'node:child_process'
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generate } from 'selfsigned'
import t from 'tap'
import { apiOf, readyTenant, signInAdmin, tenantPassword } from '../../support/api.js'
import { startEngine, startServer } from '../../support/engine.js'
import { temporaryFolder } from '../../support/template.js'

const curl = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)('curl', ['-s', ...args])).stdout

t.test('over https with a configured certificate', async (t) => {
  const folder = temporaryFolder()
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }])
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, key)
  const env = { RPPAM_LISTEN_TLS_CERT: certFile, RPPAM_LISTEN_TLS_KEY: keyFile }
  const engine = await startEngine(t, { env })
  const body = JSON.stringify({ username: 'admin', password: engine.adminPassword })
  const login = `${engine.url}/api/v1/auth/login`
  const signedIn = await curl('-k', login, '-H', 'content-type: application/json', '-d', body)
  const { accessToken } = JSON.parse(signedIn) as { accessToken: string }
  const license = `${engine.url}/api/v1/admin/license`
  const answer = await curl('-k', license, '-H', `Authorization: Bearer ${accessToken}`)
  t.match(JSON.parse(answer), { edition: 'msp', development: true, expiresUtc: null, warnings: [] })
})

t.test('on a PostgreSQL of its own, by a login that is no superuser', async (t) => {
  const server = await startServer(t)
  const env = { RPPAM_DATABASE_URL: server.engineUrl }
  const engine = await startEngine(t, { env })
  const acme = await readyTenant(engine, await signInAdmin(engine), 'acme')
  t.equal((await apiOf(engine.url)('GET', 'tenant', { token: acme.token })).status, 200)
  t.strictSame(await engine.stop(), { code: 0, signal: null })
})

t.test('a second start finds everything; without its MEK there is none', async (t) => {
  const engine = await startEngine(t)
  const acme = await readyTenant(engine, await signInAdmin(engine), 'acme')
  const body = { name: 'kept', type: 'note', fields: { notes: 'over the restart' } }
  const made = await apiOf(engine.url)('POST', 'vault/entries', { token: acme.token, body })
  await engine.stop()
  const { dataDir } = engine
  const env = { RPPAM_BOOTSTRAP_PASSWORD: engine.adminPassword }
  const second = await startEngine(t, { dataDir, env })
  const path = `vault/entries/${made.body['id']}/secret`
  const read = await apiOf(second.url)('GET', path, { token: acme.token })
  t.strictSame(read.body['fields'], body.fields, 'tokens of before are good as well')
  const credentials = { tenant: 'acme', username: acme.adminUsername, password: tenantPassword }
  t.equal((await apiOf(second.url)('POST', 'auth/login', { body: credentials })).status, 200)
  await second.stop()

  const mek = join(dataDir, 'mek.key')
  const refused = async (): Promise<string> => {
    const third = await startEngine(t, { dataDir, wait: false })
    t.match(await third.exited, { code: 1 })
    return third.output()
  }
  renameSync(mek, `${mek}.away`)
  t.match(await refused(), /^rppam: .*mek\.key is missing: restore it\n$/m)
  t.throws(() => readFileSync(mek), { code: 'ENOENT' }, 'and none was made')
  renameSync(`${mek}.away`, mek)
  chmodSync(mek, 0o644)
  t.match(await refused(), /chmod 600/)
  chmodSync(mek, 0o600)
  const fourth = await startEngine(t, { dataDir, env })
  t.equal((await apiOf(fourth.url)('GET', path, { token: acme.token })).status, 200)
  await fourth.stop()
})
