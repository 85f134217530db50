// SIGTERM under load: every request that was sent is answered whole, the exit code is 0, the embedded server is gone.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { apiOf, readyTenant, signInAdmin } from '../../support/api.js'
import { type TestEngine, startEngine } from '../../support/engine.js'
import { isGone } from '../../support/owner.js'

interface Outcome {
  readonly answered: number
  /** Requests that got no whole answer. */
  readonly cut: number
}

const once = (engine: TestEngine, path: string, token: string, agent: Agent) =>
  new Promise<{ status: number; body: string; close: boolean }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` }
    const asked = request({ port: engine.port, path, agent, headers }, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => (body += piece))
      answer.on('end', () => {
        const close = answer.headers.connection === 'close'
        resolve({ status: answer.statusCode ?? 0, body, close })
      })
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.end()
  })

/** One keep-alive client that reads until it is told to close. */
const client = async (
  engine: TestEngine,
  path: string,
  token: string,
  onAnswer: () => void,
): Promise<Outcome> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let answered = 0
  try {
    for (;;) {
      const { status, body, close } = await once(engine, path, token, agent)
      const whole = status === 503 || (JSON.parse(body) as { fields: unknown }).fields !== undefined
      if (!whole) return { answered, cut: 1 }
      answered++
      onAnswer()
      if (close) return { answered, cut: 0 }
    }
  } catch {
    return { answered, cut: 1 }
  } finally {
    agent.destroy()
  }
}

t.test('no request is cut', async (t) => {
  const engine = await startEngine(t)
  const call = apiOf(engine.url)
  const { token } = await readyTenant(engine, await signInAdmin(engine), 'acme')
  const body = { name: 'root', type: 'password', fields: { password: 'x' } }
  const { id } = (await call('POST', 'vault/entries', { token, body })).body
  const pid = readFileSync(join(engine.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split(
    '\n',
  )[0]
  let seen = 0
  const clients = Array.from({ length: 32 }, () =>
    client(engine, `/api/v1/vault/entries/${id}/secret`, token, () => {
      if (++seen === 500) engine.process.kill('SIGTERM')
    }),
  )
  const outcomes = await Promise.all(clients)
  t.equal(
    outcomes.reduce((sum, { cut }) => sum + cut, 0),
    0,
  )
  t.ok(seen >= 500)
  t.strictSame(await engine.exited, { code: 0, signal: null })
  t.ok(await isGone(engine.dataDir, Number(pid)))

  const again = await startEngine(t, {
    dataDir: engine.dataDir,
    env: { RPPAM_BOOTSTRAP_PASSWORD: engine.adminPassword },
  })
  const verified = await apiOf(again.url)('GET', 'audit/verify', { token })
  t.match(verified.body, { ok: true }, 'tokens live on, and the chain is anchored to its end')
  const reads = await administratorCount(again)
  t.equal(reads, seen, 'every answer has its event')
  await again.stop()
})

const administratorCount = async (engine: TestEngine): Promise<number> => {
  const { administratorOf } = await import('../../support/administrator.js')
  const query = administratorOf(engine, 'rppam_tenant_acme')
  const [row] = await query('select sum(secret_reads) from rppam.audit_block')
  return Number(row?.[0])
}
