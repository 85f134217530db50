// `npm run demo`: the whole path on a fresh installation, through the SDK, over HTTP. Everything it makes is gone
// afterwards, also when it fails or is interrupted. It shows no secret but the ones it stores itself.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const say = (text) => console.log(text)
const title = (text) => console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 74 - text.length))}`)
const line = (name, value) => console.log(`  ${name.padEnd(34)} ${value}`)

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })

const startEngine = async (folder, password) => {
  const port = await freePort()
  const baseUrl = `http://127.0.0.1:${port}`
  const engine = spawn(process.execPath, [join(root, 'dist/engine/main.js')], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      RPPAM_DATA_DIR: join(folder, 'data'),
      RPPAM_LISTEN_PORT: String(port),
      RPPAM_BOOTSTRAP_PASSWORD: password,
      RPPAM_LOGGING_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise((resolve) => engine.once('exit', resolve))
  for (let look = 0; look < 600 && engine.exitCode === null; look++) {
    const ready = await fetch(`${baseUrl}/system/health/ready`).catch(() => null)
    if (ready?.ok) return { baseUrl, stop: () => (engine.kill('SIGTERM'), ended) }
    await pause(100)
  }
  engine.kill('SIGKILL')
  throw new Error('the engine does not start')
}

const provision = async (msp, baseUrl, shortCode, displayName) => {
  const contactEmail = `it@${shortCode}.example`
  const started = await msp.tenants.provision({ shortCode, displayName, contactEmail })
  const operation = await started.wait()
  line(`${shortCode} provisioned`, operation.steps.map(({ name }) => name).join(', '))
  const password = randomBytes(12).toString('base64url')
  const client = await TenantClient.setUp({ baseUrl, token: operation.result.setupToken, password })
  line(`${shortCode} claimed by`, operation.result.adminUsername)
  return {
    id: started.tenant.id,
    client,
  }
}

/** What `work` is refused with; anything but `expected` makes the demo fail. */
const refusal = async (expected, work) => {
  try {
    await work()
  } catch (error) {
    if (error.code === expected) return `${error.status} ${error.code}`
    throw error
  }
  throw new Error(`answered, where ${expected} must be`)
}

const run = async (baseUrl, password) => {
  const msp = new ManagementClient({ baseUrl, credentials: { username: 'admin', password } })
  title('The provider: one installation')
  const { edition, development, maxTenants } = await msp.license()
  line(
    'licence',
    `${edition}${development ? ', development' : ''}, ${maxTenants ?? 'unlimited'} tenants`,
  )

  title('Two tenants, each with its own database, keys and roles')
  const acme = await provision(msp, baseUrl, 'acme', 'Acme Corporation')
  const contoso = await provision(msp, baseUrl, 'contoso', 'Contoso Ltd')
  for await (const tenant of msp.tenants.list())
    line(tenant.shortCode, `${tenant.status}, ${tenant.database.name}`)

  title('A secret in each')
  const [inAcme, inContoso] = [acme.client, contoso.client]
  const store = (client, text) =>
    client.vault.create({
      name: 'root',
      folder: '/prod/db',
      type: 'database',
      fields: { password: text },
    })
  const ofAcme = await store(inAcme, 'the secret of acme')
  const ofContoso = await store(inContoso, 'the secret of contoso')
  line('acme reads its own', (await inAcme.vault.readSecret(ofAcme.id)).fields.password)
  line('contoso reads its own', (await inContoso.vault.readSecret(ofContoso.id)).fields.password)

  title('What does not work')
  const unseen = (id) => refusal('not_found', () => inAcme.vault.readSecret(id))
  line("acme's token, contoso's entry", await unseen(ofContoso.id))
  line("acme's token, an entry of nobody", await unseen(acme.id))
  const token = await fetch(`${baseUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  }).then((answer) => answer.json())
  const asProvider = await fetch(`${baseUrl}/api/v1/vault/entries/${ofAcme.id}/secret`, {
    headers: { authorization: `Bearer ${token.accessToken}` },
  })
  line(
    "the provider's token, acme's entry",
    `${asProvider.status} ${(await asProvider.json()).code}`,
  )

  title('What the provider sees of acme: counts and times')
  for (const { bucketStartUtc, count, firstUtc, lastUtc } of await msp.tenants.auditSummary(
    acme.id,
  ))
    line(bucketStartUtc, `${count} events, first ${firstUtc}, last ${lastUtc}`)

  title('What acme sees: everything, chained and verifiable')
  for await (const { time, actor, action, outcome } of inAcme.audit.events())
    line(time, `${action.padEnd(24)} ${outcome.padEnd(8)} ${actor.name}`)
  const { ok, events, chains } = await inAcme.audit.verify()
  line('verified', `${ok ? 'intact' : 'BROKEN'}: ${events} events in ${chains} chains`)
  if (!ok || asProvider.status !== 403) process.exitCode = 1
}

await build()
const { ManagementClient, TenantClient } = await import('@rppam/sdk')
const folder = mkdtempSync(join(tmpdir(), 'rppam-demo-'))
const password = randomBytes(12).toString('base64url')
let engine
const end = async () => {
  await engine?.stop()
  engine = undefined
  rmSync(folder, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void end().then(() => process.exit(130)))
try {
  say('Starting a fresh installation …')
  engine = await startEngine(folder, password)
  await run(engine.baseUrl, password)
  title('Stopping')
} finally {
  await end()
}
say('  The engine has stopped; nothing of this demo is left.')
