// SIGKILL at each step of a provisioning: the next start finishes it by itself, and nothing half-made is left.
import t from 'tap'
import { type Call, type Json, apiOf, signInAdmin, tenantPassword } from '../../support/api.js'
import { type TestEngine, startEngine } from '../../support/engine.js'
import { until } from '../../support/until.js'

const steps = [
  'create roles',
  'create database',
  'migrate',
  'create KEK',
  'create CEKs',
  'create administrator',
  'activate',
]

const start = (call: Call, token: string, shortCode: string) =>
  call('POST', 'msp/tenants', {
    token,
    body: { shortCode, displayName: shortCode, contactEmail: `it@${shortCode}.example` },
  })

/** Watches the operation until `step` has begun, then kills the engine in the middle of whatever it does. */
const killAt = async (engine: TestEngine, call: Call, token: string, id: string, step: string) => {
  for (;;) {
    const { body } = await call('GET', `msp/operations/${id}`, { token })
    const stepOf = (name: string) => [...(body['steps'] ?? [])].find((one) => one['name'] === name)
    // Activating is one transaction: it begins where the step before it ends.
    const isReached =
      step === 'activate'
        ? stepOf('create administrator')?.['status'] === 'succeeded'
        : stepOf(step)?.['status'] !== 'pending'
    if (isReached) break
  }
  await engine.kill()
}

const finished = async (call: Call, token: string, id: string): Promise<Json> => {
  const look = async () => (await call('GET', `msp/operations/${id}`, { token })).body
  await until(async () => (await look())['status'] !== 'running')
  return look()
}

t.test('killed at each step, finished by the next start', async (t) => {
  let engine = await startEngine(t)
  const env = { RPPAM_BOOTSTRAP_PASSWORD: engine.adminPassword }
  let token = await signInAdmin(engine)
  for (const [i, step] of steps.entries()) {
    const shortCode = `killed-${i}`
    const call = apiOf(engine.url)
    const { operationId } = (await start(call, token, shortCode)).body
    await killAt(engine, call, token, operationId!, step)
    engine = await startEngine(t, { dataDir: engine.dataDir, env })
    const again = apiOf(engine.url)
    token = await signInAdmin(engine)
    const operation = await finished(again, token, operationId!)
    t.equal(operation['status'], 'succeeded', step)
    const body = { token: operation['result']?.['setupToken'], password: tenantPassword }
    const claimed = await again('POST', 'auth/setup', { body })
    t.equal(claimed.status, 200, `${step}: the one token claims it`)
    const users = await again('GET', 'users', { token: claimed.body['accessToken']! })
    t.equal(users.body.length, 1, `${step}: one administrator`)
    const verified = await again('GET', 'audit/verify', { token: claimed.body['accessToken']! })
    t.match(verified.body, { ok: true }, step)
  }
  const { usage } = (await apiOf(engine.url)('GET', 'admin/license', { token })).body
  t.match(usage, { tenants: steps.length, users: steps.length }, 'each billed once')
  await engine.stop()
})

t.test('killed while reserving: there is the whole tenant or none', async (t) => {
  let engine = await startEngine(t)
  const env = { RPPAM_BOOTSTRAP_PASSWORD: engine.adminPassword }
  const token = await signInAdmin(engine)
  const codes = Array.from({ length: 20 }, (_, i) => `reserved-${i}`)
  const asked = codes.map((code) => start(apiOf(engine.url), token, code))
  const first = await Promise.race(asked)
  await engine.kill()
  const settled = await Promise.allSettled(asked)
  engine = await startEngine(t, { dataDir: engine.dataDir, env })
  const again = apiOf(engine.url)
  const admin = await signInAdmin(engine)
  const listed = async () =>
    (await again('GET', 'msp/tenants?pageSize=200', { token: admin })).body as readonly Json[]
  for (let look = 0; look < 400; look++) {
    if ((await listed()).every((tenant) => tenant['status'] === 'active')) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const tenants = await listed()
  t.ok(tenants.every((tenant) => tenant['status'] === 'active'))
  const found = new Set(tenants.map((tenant) => String(tenant['id'])))
  t.ok(found.has(String(first.body['id'])))
  for (const answer of settled)
    if (answer.status === 'fulfilled')
      t.ok(found.has(String(answer.value.body['id'])), 'who was answered has a tenant')
  for (const code of codes.filter((one) => !tenants.some(({ shortCode }) => shortCode === one)))
    t.equal((await start(again, admin, code)).status, 202, 'the code is free')
  await engine.stop()
})
