// `keys.suite` says what new records are sealed with, in every sealed column of both databases; what was sealed with the
// other one opens.
import t from 'tap'
import { administratorOf } from '../../support/administrator.js'
import { type Call, apiOf, readyTenant, signInAdmin, tenantPassword } from '../../support/api.js'
import { type TestEngine, startEngine } from '../../support/engine.js'

type Query = ReturnType<typeof administratorOf>

const sealedColumns = async (query: Query): Promise<[table: string, column: string][]> =>
  (await query(`select table_name, column_name from information_schema.columns
    where table_schema = 'rppam' and data_type = 'bytea'`)) as [string, string][]

/** Bytes of every record there: 01, the suite, a purpose, no flags. */
const suitesIn = async (engine: TestEngine, database: string): Promise<string[]> => {
  const query = administratorOf(engine, database)
  const found = new Set<string>()
  for (const [table, column] of await sealedColumns(query)) {
    const rows = await query(`select encode(substr(${column}, 1, 4), 'hex') from rppam.${table}
      where ${column} is not null and length(${column}) >= 120`)
    for (const [start] of rows) {
      const [, suite] = /^01(0[12])0[1-7]00$/.exec(String(start)) ?? []
      if (suite !== undefined) found.add(suite)
    }
  }
  return [...found].sort()
}

const created = async (call: Call, token: string, name: string): Promise<string> => {
  const body = { name, type: 'password', fields: { password: `of ${name}` } }
  const answer = await call('POST', 'vault/entries', { token, body })
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body['id']!
}

const databases = ['rppam_tenant_acme', 'rppam_control'] as const

t.test('libsodium first, AES later, and both open', async (t) => {
  const first = await startEngine(t)
  const { dataDir } = first
  const { token, adminUsername } = await readyTenant(first, await signInAdmin(first), 'acme')
  const old = await created(apiOf(first.url), token, 'old')
  for (const database of databases) t.same(await suitesIn(first, database), ['02'], database)
  await first.stop()

  const second = await startEngine(t, { dataDir, env: { RPPAM_KEYS_SUITE: 'xaes-256-gcm' } })
  const call = apiOf(second.url)
  const login = { tenant: 'acme', username: adminUsername, password: tenantPassword }
  const again = (await call('POST', 'auth/login', { body: login })).body['accessToken']!
  // Signs in with what libsodium sealed, and seals a session by AES.
  await signInAdmin({ ...second, adminPassword: first.adminPassword })
  const young = await created(call, again, 'young')
  for (const database of databases) t.same(await suitesIn(second, database), ['01', '02'], database)
  for (const [id, fields] of [
    [old, { password: 'of old' }],
    [young, { password: 'of young' }],
  ] as const) {
    const { status, body } = await call('GET', `vault/entries/${id}/secret`, { token: again })
    t.equal(status, 200)
    t.same(body['fields'], fields)
  }
  const verified = await call('GET', 'audit/verify', { token: again })
  t.equal(verified.status, 200, verified.text)
  t.match(verified.body, { ok: true })
})
