// A network that somebody signed in from completely is not held up by others, also after a restart; by itself it is.
import t from 'tap'
import { readyTenant, signInAdmin, tenantPassword } from '../../support/api.js'
import { startEngine, type TestEngine } from '../../support/engine.js'
import { postFrom } from '../../support/from-address.js'

const limit = 3
const env = {
  RPPAM_LIMITS_SIGN_IN_FAILURES_PER_ADDRESS: String(limit),
  RPPAM_LIMITS_SIGN_IN_FAILURES_PER_USER: String(limit),
  RPPAM_LIMITS_SIGN_IN_FLOOR_MS: '0',
}
const office = '127.0.40.1'
const stranger = '127.0.50.1'

const signIns =
  (engine: TestEngine) =>
  async (from: string, tenant: string, username: string, password = 'a wrong one') => {
    const body = { tenant, username, password }
    return (await postFrom(engine, from, 'auth/login', body)).status
  }

t.test('known networks', async (t) => {
  const first = await startEngine(t, { env })
  const msp = await signInAdmin(first)
  const acme = await readyTenant(first, msp, 'acme')
  const contoso = await readyTenant(first, msp, 'contoso')
  t.equal(await signIns(first)(office, 'acme', acme.adminUsername, tenantPassword), 200)
  await first.stop()

  const bootstrap = { RPPAM_BOOTSTRAP_PASSWORD: first.adminPassword }
  const engine = await startEngine(t, { dataDir: first.dataDir, env: { ...env, ...bootstrap } })
  const signIn = signIns(engine)
  for (let i = 0; i < limit; i++) {
    t.equal(await signIn(office, 'nowhere', `user${i}`), 401)
    t.equal(await signIn(`127.0.51.${i + 1}`, 'acme', acme.adminUsername), 401)
  }
  t.equal(await signIn(stranger, 'acme', acme.adminUsername, tenantPassword), 429, 'a stranger')
  t.equal(
    await signIn(office, 'contoso', contoso.adminUsername, tenantPassword),
    429,
    'unknown to this tenant',
  )
  t.equal(await signIn(office, 'acme', acme.adminUsername, tenantPassword), 200)
  const elsewhere = '127.0.40.200'
  t.equal(await signIn(elsewhere, 'acme', acme.adminUsername, tenantPassword), 200, 'its network')

  for (let i = 0; i < limit; i++)
    t.equal(await signIn(office, 'acme', acme.adminUsername), 401, 'its own failures')
  t.equal(await signIn(office, 'acme', acme.adminUsername, tenantPassword), 429)
})
