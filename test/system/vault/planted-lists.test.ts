// A list goes on over rows that do not open: they are left out, counted, on record in one event, and hide nobody else.
// Read by id each is 500; in a batch its item says so.
import t from 'tap'
import { nilUuid } from '../../../engine/ids.js'
import { administratorOf } from '../../support/administrator.js'
import { type Answer, apiOf, readyTenant, readyUser, signInAdmin } from '../../support/api.js'
import { startEngine } from '../../support/engine.js'

const columns = 'parent, version, created_time, updated_time, expires_time, state, doc, secret'
const first = '00000000-0000-7000-8000-0000000000'

const unreadable = ({ headers }: Answer): string | null => headers.get('x-unreadable-count')

t.test('planted rows in lists', async (t) => {
  const engine = await startEngine(t)
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const acme = await readyTenant(engine, msp, 'acme')
  const reader = await readyUser(engine, acme, 'reader', ['pam_user'])
  const sql = administratorOf(engine, 'rppam_tenant_acme')
  const control = administratorOf(engine, 'rppam_control')
  const get = (path: string, token = acme.token) => call('GET', path, { token })
  const store = async (name: string): Promise<string> => {
    const body = { name, folder: '/a', type: 'note', fields: { password: name } }
    return (await call('POST', 'vault/entries', { token: acme.token, body })).body['id']!
  }
  const good = [await store('one'), await store('two'), await store('three')]
  const rules = [
    {
      principal: { type: 'role', id: 'pam_admin' },
      folder: '/',
      rights: ['list', 'read', 'write'],
    },
    { principal: { type: 'user', id: reader.id }, folder: '/a', rights: ['list', 'read'] },
  ]
  await call('PUT', 'vault/permissions', { token: acme.token, body: rules })

  /** A copy of a good row under another id, before all others, changed by `set`. */
  const plant = async (n: number, table: string, from: string, set = ''): Promise<string> => {
    const id = first + String(10 + n)
    await sql(`insert into rppam.${table} (id, ${columns}) select '${id}', ${columns}
      from rppam.${table} where id = '${from}'; ${set.replaceAll('ID', `'${id}'`)}`)
    return id
  }
  const idsOf = ({ body }: Answer): string[] => [...body].map(({ id }) => id!)
  /** Page after page by Link: what is there, and how many rows were left out. */
  const walk = async (path: string, token: string) => {
    const seen: string[] = []
    let left = 0
    for (let at: string | undefined = path, page = 0; at !== undefined && page < 20; page++) {
      const answer: Answer = await get(at, token)
      seen.push(...idsOf(answer))
      left += Number(unreadable(answer) ?? 0)
      at = /<\/api\/v1\/([^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
    }
    return { seen, left }
  }
  const lastEvent = async () =>
    (await get('audit/events?limit=1')).body[0] as unknown as Answer['body']

  await t.test('entries', async (t) => {
    const rows = 'rppam.vault_entry'
    const planted = [
      await plant(0, 'vault_entry', good[0]!),
      await plant(1, 'vault_entry', good[0]!, `update ${rows} set version = -3 where id = ID`),
      await plant(
        2,
        'vault_entry',
        good[0]!,
        `update ${rows} set version = 9223372036854775807 where id = ID`,
      ),
      await plant(3, 'vault_entry', good[0]!, `update ${rows} set doc = '' where id = ID`),
      await plant(4, 'vault_entry', good[0]!, `update ${rows} set doc = '\\x01' where id = ID`),
      await plant(
        5,
        'vault_entry',
        good[0]!,
        `alter table ${rows} alter doc drop not null; update ${rows} set doc = null where id = ID`,
      ),
    ]
    await sql(`insert into rppam.row_index select i.row_id_, index_version, tbl, idx_name, false, idx
      from rppam.row_index, unnest('{${planted.join(',')}}'::uuid[]) as i (row_id_) where row_id = '${good[0]}'`)
    const all = await get('vault/entries')
    t.equal(all.status, 200)
    t.strictSame(idsOf(all), good)
    t.strictSame([unreadable(all), all.headers.get('x-total-count')], ['6', '3'])
    const event = await lastEvent()
    t.match(event, {
      action: 'vault.entry.list',
      outcome: 'failure',
      detail: { code: 'integrity_failure', operation: 'listEntries', unreadable: 6, count: 3 },
    })
    t.strictSame([...event['detail']!['unreadableIds']!], planted)
    for (const [query, token] of [
      ['', acme.token],
      ['&folder=/a', acme.token],
      ['', reader.token],
      ['&name=two', acme.token],
    ] as const) {
      const seen: string[] = []
      let left = 0
      let page = 1
      for (; page < 20; page++) {
        const answer = await get(`vault/entries?pageSize=2&page=${page}${query}`, token)
        t.equal(answer.status, 200)
        seen.push(...idsOf(answer))
        left += Number(unreadable(answer) ?? 0)
        if (!/rel="next"/.test(answer.headers.get('link') ?? '')) break
      }
      t.strictSame(seen, query === '&name=two' ? [good[1]] : good, query)
      t.equal(left, 6, 'each is counted once')
      t.ok(page < 6)
      const walked = await walk(`vault/entries?pageSize=2&after=${nilUuid}${query}`, token)
      t.strictSame(walked.seen, seen, `after an id: ${query}`)
      t.equal(walked.left, 6, 'each is counted once')
    }
    for (const id of planted)
      for (const path of [`vault/entries/${id}`, `vault/entries/${id}/secret`]) {
        const { status, body } = await get(path)
        t.strictSame([status, body['code']], [500, 'integrity_failure'])
      }
    t.equal((await get('vault/secret?path=/a/one')).status, 200, 'its index leads to others too')
    const batch = { token: acme.token, body: { ids: [planted[0], good[0], planted[5]] } }
    const read = await call('POST', 'vault/secrets/read', batch)
    t.equal(read.status, 200)
    t.strictSame(
      [...read.body].map(({ error }) => error?.['code'] ?? null),
      ['integrity_failure', null, 'integrity_failure'],
    )
    await sql(`delete from ${rows} where id = any('{${planted.join(',')}}')`)
    const clean = await get('vault/entries')
    t.equal(unreadable(clean), null)
  })

  await t.test('plain columns that no engine writes', async (t) => {
    for (const set of [
      'created_time = -1',
      'updated_time = 9223372036854775807',
      'updated_time = 253402300800000',
      'version = version + 1',
      'state = 1',
      'state = 7',
    ]) {
      const [row] = await sql(`select version, state, created_time, updated_time
        from rppam.vault_entry where id = '${good[1]}'`)
      await sql(`update rppam.vault_entry set ${set} where id = '${good[1]}'`)
      const all = await get('vault/entries')
      t.strictSame([all.status, idsOf(all)], [200, [good[0], good[2]]], set)
      t.equal((await get(`vault/entries/${good[1]}`)).status, 500, set)
      const [version, state, created, updated] = row!
      await sql(`update rppam.vault_entry set version = ${version}, state = ${state},
        created_time = ${created}, updated_time = ${updated} where id = '${good[1]}'`)
    }
    t.equal((await get(`vault/entries/${good[1]}`)).status, 200, 'mended')
  })

  await t.test('versions: what does not open hides none that does', async (t) => {
    const [id] = good
    for (const name of ['uno', 'eins'])
      await call('PUT', `vault/entries/${id}`, { token: acme.token, body: { name } })
    const [kept] = await sql(
      `select id from rppam.vault_entry_version where parent = '${id}' and version = 2`,
    )
    const numbers = [...Array.from({ length: 20 }, (_, n) => 1_000_000 + n), 2, 2, -1]
    for (const [n, version] of numbers.entries())
      await plant(
        n,
        'vault_entry_version',
        String(kept?.[0]),
        `update rppam.vault_entry_version set version = ${version} where id = ID`,
      )
    const versions = await get(`vault/entries/${id}/versions`)
    t.equal(versions.status, 200)
    t.strictSame(
      [...versions.body].map(({ version, name }) => [version, name]),
      [
        [3, 'eins'],
        [2, 'uno'],
        [1, 'one'],
      ],
    )
    t.ok(Number(unreadable(versions)) >= 19)
    await sql(`delete from rppam.vault_entry_version where id < '${first}99'`)
  })

  await t.test('users', async (t) => {
    const id = await plant(0, 'user_account', reader.id)
    const users = await get('users')
    t.strictSame([users.status, users.body.length, unreadable(users)], [200, 2, '1'])
    t.equal((await get(`users/${id}`)).status, 500)
    await sql(`delete from rppam.user_account where id = '${id}'`)
  })

  await t.test('audit events', async (t) => {
    const before = (await get('audit/events?limit=1000')).body.length
    const times = [
      '-1',
      '-9223372036854775808',
      '9223372036854775807',
      '253402300800000',
      '1750000000000',
    ]
    for (const time of times)
      await sql(`insert into rppam.audit_block select gen_random_uuid(), first_seq, epoch, ${time},
        ${time}, count, secret_reads, filter, content_hash, mac, sealed
        from rppam.audit_block limit 1`)
    const all = await get('audit/events?limit=1000')
    t.strictSame([all.status, unreadable(all)], [200, String(times.length)])
    t.equal(all.body.length, before + 1, 'and that it was read')
    const seen = new Set<string>()
    let path = 'audit/events?limit=2'
    let left = 0
    for (let page = 0; page < 200; page++) {
      const answer = await get(path)
      if (answer.status !== 200) t.fail(answer.text)
      for (const id of idsOf(answer)) seen.add(id)
      left += Number(unreadable(answer) ?? 0)
      const next = /<\/api\/v1\/([^>]*)>/.exec(answer.headers.get('link') ?? '')?.[1]
      if (next === undefined) break
      path = next
    }
    for (const id of idsOf(all)) t.ok(seen.has(id))
    t.equal(left, times.length)
  })

  await t.test('tenants', async (t) => {
    const contoso = await readyTenant(engine, msp, 'contoso')
    const id = `${first}10`
    await control(`insert into rppam.tenant (id, ${columns}) select '${id}', ${columns}
      from rppam.tenant where id = '${contoso.id}'`)
    const tenants = await get('msp/tenants', msp)
    t.strictSame([tenants.status, idsOf(tenants)], [200, [acme.id, contoso.id]])
    t.strictSame([unreadable(tenants), tenants.headers.get('x-total-count')], ['1', '2'])
    t.equal((await get(`msp/tenants/${id}`, msp)).status, 500)
    const page = await get('msp/tenants?pageSize=1', msp)
    t.strictSame([idsOf(page), unreadable(page)], [[], '1'])
    t.match(page.headers.get('link'), /page=2&pageSize=1>; rel="next"/)
    await control(`update rppam.audit_anchor set doc = '\\x00'; insert into rppam.audit_chain (id, ${columns})
      select '${id}', ${columns} from rppam.audit_chain limit 1;
      update rppam.audit_chain set parent = '${acme.id}', doc = 'x' where id = '${id}'`)
    t.equal((await get(`msp/tenants/${acme.id}/health`, msp)).status, 200)
  })

  await engine.stop()
})
