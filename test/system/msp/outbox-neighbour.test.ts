// What a tenant's own database role writes, copies, alters, puts back or deletes takes no place of another tenant's in
// the licence, brings no text into the control database, and gets the tenant no user beyond its own limit.
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../../engine/root.js'
import { administratorOf } from '../../support/administrator.js'
import { type Answer, apiOf, readyTenant, signInAdmin } from '../../support/api.js'
import { startEngine } from '../../support/engine.js'
import { temporaryFolder } from '../../support/template.js'

const licenseOf = (folder: string, users: number) => {
  const vendor = (...args: string[]): string =>
    execFileSync(process.execPath, [join(packageRoot, 'scripts/license.mjs'), ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  vendor('keys', '--out', 'vendor')
  const named = ['--organisation', 'Acme MSP', '--edition', 'msp', '--max-users', String(users)]
  const file = join(folder, 'msp.license')
  writeFileSync(file, vendor('issue', '--key', 'vendor.private.jwk', ...named))
  return {
    RPPAM_LICENSE_PUBLIC_KEYS: join(folder, 'vendor.public.jwk'),
    RPPAM_LICENSE_FILE: file,
  }
}

const saying = 'anything that acme says'
const dataSaying = `'${JSON.stringify({ userId: randomUUID(), text: saying })}'`

const codes = (answers: readonly Answer[]): string[] =>
  answers.map(({ status, body }) => body['code'] ?? String(status)).sort()

t.test('one tenant tells the control database what it likes', async (t) => {
  const folder = temporaryFolder()
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const engine = await startEngine(t, { env: licenseOf(folder, 8) })
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const acme = await readyTenant(engine, msp, 'acme', { maxUsers: 4 })
  const contoso = await readyTenant(engine, msp, 'contoso')
  const inAcme = administratorOf(engine, 'rppam_tenant_acme')
  const inControl = administratorOf(engine, 'rppam_control')
  const create = (token: string) =>
    call('POST', 'users', {
      token,
      body: { username: `u-${randomUUID()}`, displayName: 'U', email: 'u@u.example', roles: [] },
    })
  const asRole = (statements: string) =>
    inAcme(`set session authorization rppam_run_acme; ${statements}; reset session authorization`)
  const emptied = async (): Promise<void> => {
    for (let look = 0; look < 400; look++) {
      const [waiting] = await inAcme('select count(*) from rppam.outbox')
      if (waiting?.[0] === '0') return
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error('the outbox is not drained')
  }
  const used = async () =>
    (await call('GET', 'admin/license', { token: msp })).body['usage']!['users']

  await t.test('planted, copied and altered rows', async (t) => {
    await asRole(`insert into rppam.outbox (id, time, type, data)
      select gen_random_uuid(), 0, 'user.created', convert_to(${dataSaying}, 'UTF8') from generate_series(1, 1000);
      insert into rppam.outbox (id, time, type, data)
      select gen_random_uuid(), 0, repeat(${dataSaying}, 9), repeat('x', 1000000)::bytea`)
    t.equal((await create(acme.token)).status, 201)
    await emptied()
    t.equal(await used(), 3)
    const [told] = await inControl(`select count(*) from rppam.billing_event
      where position(convert_to('${saying}', 'UTF8') in doc) > 0`)
    t.equal(told?.[0], '0')
    const events = (await call('GET', 'audit/events', { token: acme.token })).body
    const refused = [...events].filter((one) => one['detail']!['table'] === 'outbox')
    t.strictSame(
      refused.map((one) => one['detail']!['rows']),
      [1001],
      'on record, once',
    )
  })

  await t.test('of many at once, as many as there are places', async (t) => {
    t.equal((await create(acme.token)).status, 201)
    const answers = await Promise.all(Array.from({ length: 100 }, () => create(acme.token)))
    t.strictSame(codes(answers), [
      '201',
      ...Array.from({ length: 99 }, () => 'tenant_limit_reached'),
    ])
    t.equal(await used(), 5)
  })

  await t.test('its own limit holds, whatever becomes of its rows', async (t) => {
    const refused = async (name: string) =>
      t.strictSame(codes([await create(acme.token)]), ['tenant_limit_reached'], name)
    const invited = `where id <> (select min(id::text)::uuid from rppam.user_account)`
    await asRole(`update rppam.user_account set state = 1 ${invited}`)
    await refused('hidden by their plain state')
    await asRole(`update rppam.user_account set state = 0, version = version + 9 ${invited}`)
    await refused('made unreadable')
    await asRole(`delete from rppam.user_account ${invited}; delete from rppam.outbox`)
    await refused('deleted')
    t.equal(await used(), 5)
  })

  await t.test("another tenant gets the licence's other places", async (t) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(contoso.token)))
    t.strictSame(codes(answers), [
      ...Array.from({ length: 3 }, () => '201'),
      ...Array.from({ length: 17 }, () => 'license_limit_reached'),
    ])
    t.equal(await used(), 8)
  })
  await engine.stop()
})
