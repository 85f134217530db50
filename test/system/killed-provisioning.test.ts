// SIGKILL at each step of a provisioning: the next start finishes it by itself, and nothing half-made is left.
import t from 'tap'
import { type Call, apiOf, signInAdmin, tenantPassword } from '../support/api.js'
import { type TestEngine, startEngine } from '../support/engine.js'

const steps = [
  'create roles',
  'create database',
  'migrate',
  'create KEK',
  'create CEKs',
  'create administrator',
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
    const found = [...(body['steps'] ?? [])].find((one) => one['name'] === step)
    if (found?.['status'] !== 'pending') break
  }
  await engine.kill()
}

const finished = async (call: Call, token: string, id: string) => {
  for (let look = 0; look < 400; look++) {
    const { body } = await call('GET', `msp/operations/${id}`, { token })
    if (body['status'] !== 'running') return body
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the operation does not end')
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
