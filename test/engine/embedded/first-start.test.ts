// A first start leaves a server with two logins, nothing for PUBLIC, UTF-8, and passwords only where they belong.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import t from 'tap'
import { isGone, ownFolder, startOwner } from '../../support/owner.js'

const query = async (url: string, text: string): Promise<readonly Record<string, unknown>[]> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    return await sql.unsafe(text)
  } finally {
    await sql.end()
  }
}

const folder = ownFolder(t)
const dataDir = join(folder, 'data')
// Neither LANG nor anything else is set for the engine; what is set must not reach the server.
const env = { RPPAM_CANARY: 'canary-variable' }
const owner = await startOwner(t, dataDir, { env })
t.equal(owner.error, '')
const { url, administrativeUrl } = owner

t.test('the engine logs in as no superuser', async (t) => {
  const [role] = await query(
    url,
    `select rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
     from pg_roles where rolname = current_user`,
  )
  t.strictSame(role, {
    rolname: 'rppam',
    rolsuper: false,
    rolcreatedb: true,
    rolcreaterole: true,
    rolreplication: false,
    rolbypassrls: false,
  })
})

t.test('PUBLIC connects nowhere', async (t) => {
  await query(administrativeUrl, `create role stranger login password 'stranger'`)
  const [, rest] = administrativeUrl.split('@') as [string, string]
  for (const database of ['postgres', 'template1'])
    await t.rejects(
      query(
        `postgres://stranger:stranger@${rest.replace('/postgres', `/${database}`)}`,
        'select 1',
      ),
      { code: '42501' },
      database,
    )
  await t.rejects(query(url.replace('/postgres', '/template1'), 'select 1'), { code: '42501' })
})

t.test('a wrong password opens nothing', async (t) => {
  const wrong = new URL(administrativeUrl)
  wrong.password = 'wrong'
  await t.rejects(query(wrong.href, 'select 1'), { code: '28P01' })
})

t.test('UTF-8 and C.UTF-8 without LANG; durable', async (t) => {
  const [row] = await query(
    administrativeUrl,
    `select pg_encoding_to_char(encoding) as encoding, datcollate, datctype, datlocale,
       current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
       current_setting('unix_socket_directories') as sockets
     from pg_database where datname = 'template1'`,
  )
  t.strictSame(row, {
    encoding: 'UTF8',
    datcollate: 'C.UTF-8',
    datctype: 'C.UTF-8',
    datlocale: 'C.UTF-8',
    fsync: 'on',
    commit: 'on',
    sockets: '',
  })
})

t.test('statements, parameters and details are never logged', async (t) => {
  await t.rejects(query(url, `select 'canary-text'::uuid`))
  await t.rejects(query(url, `select 'canary-text' from canary_table`))
  await query(url, `do $$ begin raise warning 'canary-warning'; end $$`)
  t.notMatch(readFileSync(join(dataDir, 'postgres.log'), 'utf8'), /canary/)
})

t.test('nothing of the environment is handed on', async (t) => {
  t.notMatch(readFileSync(`/proc/${owner.pid}/environ`, 'utf8'), /canary|RPPAM/)
})

t.test('passwords are in one closed file and in no argument', async (t) => {
  const stored = JSON.parse(readFileSync(join(dataDir, 'database.json'), 'utf8'))
  t.equal(stored.url, administrativeUrl)
  t.equal(stored.engineUrl, url)
  t.equal(statSync(join(dataDir, 'database.json')).mode & 0o777, 0o600)
  t.equal(statSync(dataDir).mode & 0o777, 0o700)
  t.strictSame(readdirSync(dataDir).sort(), [
    'database.json',
    'engine.lock',
    'postgres',
    'postgres.log',
  ])
  const passwords = [url, administrativeUrl].map((address) => new URL(address).password)
  const everything =
    readFileSync(`/proc/${owner.pid}/cmdline`, 'utf8') + readFileSync(join(dataDir, 'postgres.log'))
  for (const password of passwords) t.notOk(everything.includes(password))
})

t.test('a second start finds the data', async (t) => {
  await query(url, 'create database kept')
  await owner.stop()
  t.ok(await isGone(dataDir, owner.pid), 'a stopped server is gone')
  const again = await startOwner(t, dataDir)
  t.equal(new URL(again.url).password, new URL(url).password)
  t.equal(
    JSON.parse(readFileSync(join(dataDir, 'database.json'), 'utf8')).url,
    again.administrativeUrl,
  )
  const found = await query(again.url, `select 1 as one from pg_database where datname = 'kept'`)
  t.equal(found.length, 1)
  await again.stop()
})
