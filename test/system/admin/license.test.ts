// A licence that the vendor's script issued: read from its file, kept, and its limits hold; a wrong one stops the start.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../../engine/root.js'
import { apiOf, readyTenant, readyUser, signInAdmin } from '../../support/api.js'
import { startEngine } from '../../support/engine.js'
import { temporaryFolder } from '../../support/template.js'
import { until } from '../../support/until.js'

const vendor = (folder: string, ...args: string[]): string =>
  execFileSync(process.execPath, [join(packageRoot, 'scripts/license.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })

const issue = (folder: string, name: string, ...args: string[]): string => {
  const file = join(folder, `${name}.license`)
  const options = ['--key', 'vendor.private.jwk', '--organisation', 'Acme MSP', ...args]
  writeFileSync(file, vendor(folder, 'issue', ...options))
  return file
}

t.test('licences', async (t) => {
  const folder = temporaryFolder()
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  vendor(folder, 'keys', '--out', 'vendor')
  vendor(folder, 'keys', '--out', 'other')
  const keys = { RPPAM_LICENSE_PUBLIC_KEYS: join(folder, 'vendor.public.jwk') }
  const file = issue(
    folder,
    'msp',
    '--edition',
    'msp',
    '--max-tenants',
    '1',
    '--max-users',
    '2',
    '--days',
    '10',
  )
  const engine = await startEngine(t, { env: { ...keys, RPPAM_LICENSE_FILE: file } })
  const env = { RPPAM_BOOTSTRAP_PASSWORD: engine.adminPassword }
  const { dataDir } = engine

  await t.test('an msp licence of one tenant and ten days', async (t) => {
    const call = apiOf(engine.url)
    const token = await signInAdmin(engine)
    const acme = await readyTenant(engine, token, 'acme')
    await readyUser(engine, acme, 'second', ['pam_user'])
    const user = { username: 'third', displayName: 'T', email: 't@acme.example', roles: [] }
    const third = await call('POST', 'users', { token: acme.token, body: user })
    t.strictSame([third.status, third.body['code']], [403, 'license_limit_reached'])
    const body = { shortCode: 'contoso', displayName: 'C', contactEmail: 'it@contoso.example' }
    const refused = await call('POST', 'msp/tenants', { token, body })
    t.strictSame([refused.status, refused.body['code']], [403, 'license_limit_reached'])
    const license = (await call('GET', 'admin/license', { token })).body
    t.match(license, {
      edition: 'msp',
      organisation: 'Acme MSP',
      maxTenants: 1,
      development: false,
    })
    t.strictSame(
      [...license['warnings']!].map((warning) => warning['code']),
      ['limit_reached', 'limit_reached', 'expiring'],
    )
    await engine.stop()
  })

  await t.test('it is kept without its file', async (t) => {
    const next = await startEngine(t, { dataDir, env })
    const { body } = await apiOf(next.url)('GET', 'admin/license', {
      token: await signInAdmin(next),
    })
    t.match(body, { organisation: 'Acme MSP', development: false })
    await next.stop()
  })

  await t.test('the enterprise edition has no fleet', async (t) => {
    const enterprise = issue(folder, 'enterprise', '--edition', 'enterprise')
    const all = { ...env, ...keys, RPPAM_LICENSE_FILE: enterprise }
    const next = await startEngine(t, { dataDir, env: all })
    const token = await signInAdmin(next)
    const call = apiOf(next.url)
    t.equal((await call('GET', 'admin/license', { token })).body['edition'], 'enterprise')
    for (const method of ['GET', 'POST']) {
      const answer = await call(method, 'msp/tenants', { token })
      t.strictSame([answer.status, answer.body['code']], [403, 'license_required'])
    }
    await next.stop()
  })

  await t.test(
    'the enterprise edition makes its one tenant, and says how to claim it',
    async (t) => {
      const enterprise = issue(folder, 'alone', '--edition', 'enterprise')
      const first = await startEngine(t, {
        env: { ...keys, RPPAM_LICENSE_FILE: enterprise, RPPAM_LICENSE_TENANT_CODE: 'Head-Office' },
      })
      const file = join(first.dataDir, 'setup.token')
      const tokenIn = async ({ output }: typeof first): Promise<string> => {
        await until(() => output().includes(file))
        t.notMatch(output(), /rpst_/, 'no log holds it')
        return readFileSync(file, 'utf8').trim()
      }
      const shown = await tokenIn(first)
      t.ok(shown)
      await first.stop()
      const again = {
        dataDir: first.dataDir,
        env: { RPPAM_BOOTSTRAP_PASSWORD: first.adminPassword },
      }
      const second = await startEngine(t, again)
      const call = apiOf(second.url)
      t.equal(await tokenIn(second), shown, 'the promised token, while it works')
      const claim = (setup: string) =>
        call('POST', 'auth/setup', { body: { token: setup, password: 'a password of ours' } })
      const claimed = await claim(shown)
      t.equal(claimed.status, 200)
      t.ok(await until(() => !existsSync(file)), 'used: the file is gone')
      const { body } = await call('GET', 'tenant', { token: claimed.body['accessToken']! })
      t.match(body, { shortCode: 'Head-Office', displayName: 'Acme MSP', status: 'active' })
      const usage = (await call('GET', 'admin/license', { token: await signInAdmin(second) })).body
      t.match(usage, { edition: 'enterprise', usage: { tenants: 1, users: 1 } })
      await second.stop()
      const third = await startEngine(t, again)
      // Takes much longer than the look whether the tenant is claimed.
      await signInAdmin(third)
      await third.stop()
      t.notMatch(third.output(), /The tenant is/, 'claimed: nothing is left to be said')
    },
  )

  await t.test('an enterprise licence over two tenants stops the start', async (t) => {
    const enterprise = issue(folder, 'too-small', '--edition', 'enterprise')
    const first = await startEngine(t)
    const token = await signInAdmin(first)
    for (const shortCode of ['acme', 'contoso'])
      await apiOf(first.url)('POST', 'msp/tenants', {
        token,
        body: { shortCode, displayName: shortCode, contactEmail: 'it@acme.example' },
      })
    await first.stop()
    const bootstrap = { RPPAM_BOOTSTRAP_PASSWORD: first.adminPassword }
    const next = await startEngine(t, {
      dataDir: first.dataDir,
      env: { ...keys, ...bootstrap, RPPAM_LICENSE_FILE: enterprise },
      wait: false,
    })
    t.match(await next.exited, { code: 1 })
    t.match(next.output(), /^rppam: the licence is for one tenant, and there are 2$/m)
    const again = await startEngine(t, { dataDir: first.dataDir, env: bootstrap })
    const { body } = await apiOf(again.url)('GET', 'admin/license', {
      token: await signInAdmin(again),
    })
    t.match(body, { edition: 'msp', usage: { tenants: 2 } }, 'the present one stays in force')
    await again.stop()
  })

  await t.test('a licence of another vendor stops the start', async (t) => {
    const other = { RPPAM_LICENSE_PUBLIC_KEYS: join(folder, 'other.public.jwk') }
    const all = { ...env, ...other, RPPAM_LICENSE_FILE: file }
    const next = await startEngine(t, { dataDir, env: all, wait: false })
    t.match(await next.exited, { code: 1 })
    t.match(
      next.output(),
      /^rppam: license\.file: .*: the licence is not signed by a known vendor key$/m,
    )
  })
})
