// Nothing readable: no canary that people typed is found in any row, database file, log line, metric or error body, in
// any encoding; and the length of a password does not show.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { administratorOf } from '../../support/administrator.js'
import { type Call, apiOf, readyTenant, signInAdmin } from '../../support/api.js'
import { type TestEngine, startEngine } from '../../support/engine.js'

const canaries = {
  name: 'kanarienname',
  folder: 'kanarienordner',
  tag: 'kanarienmarke',
  field: 'kanarienfeldwert',
  fieldName: 'kanarienfeldname',
  userDisplay: 'Kanarienvogel',
  username: 'kanarienbenutzer',
  email: 'kanarienpost',
  tenantDisplay: 'Kanariengesellschaft',
  password: 'kanarienpasswort-lang',
} as const

/** A canary as it would look: plain, UTF-16, hex, and base64 at each of its three alignments. */
const shapes = (canary: string): Buffer[] => {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(canary)]).toString('base64')
    // The first and last characters depend on the neighbours.
    return text.slice(shift === 0 ? 0 : 4, -4)
  })
  return [
    Buffer.from(canary),
    Buffer.from(canary, 'utf16le'),
    Buffer.from(Buffer.from(canary).toString('hex')),
    ...base64.map((text) => Buffer.from(text)),
    ...base64.map((text) => Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_'))),
  ]
}

const needles = Object.entries(canaries).flatMap(([name, canary]) =>
  shapes(canary).map((bytes) => ({ name, bytes })),
)

const found = (haystack: Buffer): string[] => [
  ...new Set(needles.filter(({ bytes }) => haystack.includes(bytes)).map(({ name }) => name)),
]

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))

const dumpOf = async (engine: TestEngine, database: string): Promise<Buffer> => {
  const query = administratorOf(engine, database)
  const tables = await query(`select tablename from pg_tables where schemaname = 'rppam'`)
  const rows = await Promise.all(
    tables.map(([table]) => query(`select t::text from rppam.${String(table)} t`)),
  )
  const text = rows.flat(2).join('\n')
  // bytea is shown in hex: what it holds is looked through as well.
  const bytes = [...text.matchAll(/\\\\?x([0-9a-f]+)/g)].map(([, hex]) => Buffer.from(hex!, 'hex'))
  return Buffer.concat([Buffer.from(text), ...bytes])
}

t.test('no canary sings', async (t) => {
  const engine = await startEngine(t, { env: { RPPAM_LOGGING_LEVEL: 'trace' } })
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const { token } = await readyTenant(engine, msp, 'acme', { displayName: canaries.tenantDisplay })
  const entry = {
    name: canaries.name,
    folder: `/${canaries.folder}`,
    type: 'password',
    tags: [canaries.tag],
    fields: { [canaries.fieldName]: canaries.field },
  }
  /** What is planted must be there. */
  const done = async (status: number, ...asked: Parameters<Call>) => {
    const answer = await call(...asked)
    if (answer.status !== status) throw new Error(`${asked[0]} ${asked[1]}: ${answer.text}`)
    return answer.body
  }
  const { id } = await done(201, 'POST', 'vault/entries', { token, body: entry })
  const tags = [canaries.tag, 'more']
  await done(200, 'PUT', `vault/entries/${id}`, { token, body: { tags } })
  await done(200, 'GET', `vault/entries/${id}/secret`, { token })
  const rules = [
    {
      principal: { type: 'role', id: 'pam_admin' },
      folder: '/',
      rights: ['list', 'read', 'write'],
    },
    {
      principal: { type: 'role', id: 'pam_user' },
      folder: `/${canaries.folder}`,
      rights: ['list'],
    },
  ]
  await done(200, 'PUT', 'vault/permissions', { token, body: rules })
  const user = {
    username: canaries.username,
    displayName: canaries.userDisplay,
    email: `${canaries.email}@example.org`,
    roles: ['pam_user'],
  }
  const made = await done(201, 'POST', 'users', { token, body: user })
  const claim = { token: made['setupToken'], password: canaries.password }
  await done(200, 'POST', 'auth/setup', { body: claim })
  await done(200, 'POST', 'auth/login', {
    body: { tenant: 'acme', username: canaries.username, password: canaries.password },
  })

  const bodies = await Promise.all([
    call('POST', 'vault/entries', { token, body: entry }),
    call('POST', 'vault/entries', { token, body: { ...entry, [canaries.field]: canaries.name } }),
    call('POST', 'vault/entries', { token, body: `{"name":"${canaries.name}` }),
    call('POST', 'users', { token, body: user }),
    call('POST', 'users', { token, body: { ...user, email: canaries.email } }),
    call('GET', `vault/entries/${canaries.name}`, { token }),
    call('GET', `vault/secret?path=/${canaries.folder}/${canaries.tag}`, { token }),
    call('GET', `vault/entries?${canaries.folder}=${canaries.name}`, { token }),
    call('GET', `${canaries.name}/${canaries.field}`, { token }),
    call('GET', 'vault/entries', { token: canaries.password }),
    call('POST', 'auth/login', {
      body: { tenant: canaries.name, username: canaries.username, password: canaries.password },
    }),
  ])
  t.equal(bodies[0]?.status, 409, 'the same entry again')
  for (const { status, text } of bodies) {
    t.ok(status >= 400, text)
    t.strictSame(found(Buffer.from(text)), [], text)
  }
  t.strictSame(found(Buffer.from((await call('GET', '/metrics', { token: msp })).text)), [])
  for (const path of ['msp/tenants', 'admin/license']) {
    const { text } = await call('GET', path, { token: msp })
    t.strictSame(found(Buffer.from(text)), path === 'msp/tenants' ? ['tenantDisplay'] : [])
  }
  for (const database of ['rppam_tenant_acme', 'rppam_control'])
    t.strictSame(found(await dumpOf(engine, database)), [], database)

  await t.test('the length of a password does not show', async (t) => {
    const ids: string[] = []
    for (const [i, length] of [8, 40].entries()) {
      const fields = { password: 'x'.repeat(length) }
      const body = { name: `padded-${i}`, type: 'password', fields }
      ids.push((await call('POST', 'vault/entries', { token, body })).body['id']!)
    }
    const rows = await administratorOf(
      engine,
      'rppam_tenant_acme',
    )(
      `select length(secret), length(doc) from rppam.vault_entry where id in ('${ids.join("','")}')`,
    )
    t.strictSame(rows[0], rows[1])
  })

  t.strictSame(found(Buffer.from(engine.output())), [], 'logs')
  await engine.stop()
  const files = filesBelow(engine.dataDir).filter((file) => statSync(file).size > 0)
  t.ok(files.length > 500)
  for (const file of files) {
    const names = found(readFileSync(file))
    if (names.length > 0) t.strictSame(names, [], file)
  }
})
