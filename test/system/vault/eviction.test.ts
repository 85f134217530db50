// Tenants that push each other out of the worker under load: every answer is right, or a clear 503; never another
// tenant's row, never a record that does not open afterwards.
import t from 'tap'
import { type ReadyTenant, apiOf, readyTenant, signInAdmin } from '../../support/api.js'
import { startEngine } from '../../support/engine.js'

const rounds = 60

t.test('one place for three tenants', async (t) => {
  const env = { RPPAM_LIMITS_OPEN_TENANTS: '1', RPPAM_DATABASE_MAX_CONNECTIONS: '6' }
  const engine = await startEngine(t, { env })
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const tenants: ReadyTenant[] = []
  for (const code of ['acme', 'contoso', 'initech'])
    tenants.push(await readyTenant(engine, msp, code))

  const work = async ({
    token,
    shortCode,
  }: ReadyTenant): Promise<{ kept: Map<string, string>; refused: number }> => {
    const kept = new Map<string, string>()
    let refused = 0
    for (let round = 0; round < rounds; round++) {
      const password = `${shortCode} ${round}`
      const body = { name: `entry-${round}`, type: 'password', fields: { password } }
      const made = await call('POST', 'vault/entries', { token, body })
      if (made.status === 503) refused++
      else {
        t.equal(made.status, 201, made.text)
        kept.set(made.body['id']!, password)
      }
      const id = [...kept.keys()].at(round % Math.max(1, kept.size))
      const read = await call('GET', `vault/entries/${id}/secret`, { token })
      if (read.status === 503) refused++
      else t.equal(read.body['fields']?.['password'], kept.get(id!), read.text)
    }
    return { kept, refused }
  }
  const results = await Promise.all(tenants.map(work))
  for (const [i, { kept, refused }] of results.entries()) {
    t.ok(kept.size > rounds / 2, `${refused} refused`)
    const { token } = tenants[i]!
    for (const [id, password] of kept) {
      const { body } = await call('GET', `vault/entries/${id}/secret`, { token })
      t.equal(body['fields']?.['password'], password)
    }
    t.match((await call('GET', 'audit/verify', { token })).body, { ok: true })
  }
})
