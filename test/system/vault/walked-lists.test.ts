// Promise: a list can be walked while it changes: whoever goes on after an id misses no row that was there all the time
// and sees none twice, with and without filters, on both planes.
import t from 'tap'
import { type Answer, apiOf, readyTenant, readyUser, signInAdmin } from '../../support/api.js'
import { ownCode, sharedEngine } from '../../support/shared.js'

const nil = '00000000-0000-0000-0000-000000000000'

const nextOf = ({ headers }: Answer): string | undefined =>
  /<\/api\/v1\/([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]

const engine = await sharedEngine(t)
const call = apiOf(engine.url)
const msp = await signInAdmin(engine)
const acme = await readyTenant(engine, msp, ownCode('walk'))
const reader = await readyUser(engine, acme, 'reader', ['pam_user'])
const own = { principal: { type: 'user', id: reader.id }, folder: '/', rights: ['list'] }
const all = { principal: { type: 'role', id: 'pam_admin' }, folder: '/', rights: ['list', 'write'] }
await call('PUT', 'vault/permissions', { token: acme.token, body: [all, own] })

const store = async (folder: string, count: number): Promise<string[]> => {
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const body = { name: `n${n}`, folder, type: 'note', tags: ['walked'] }
    const { body: entry } = await call('POST', 'vault/entries', { token: acme.token, body })
    ids.push(String(entry['id']))
  }
  return ids
}

/** Ids page by page; `between` happens after each. */
const walk = async (
  path: string,
  token: string,
  between: (ids: readonly string[]) => Promise<void> = async () => undefined,
): Promise<string[][]> => {
  const pages: string[][] = []
  for (let at: string | undefined = path; at !== undefined && pages.length < 50;) {
    const answer: Answer = await call('GET', at, { token })
    if (answer.status !== 200) throw new Error(answer.text)
    const ids = [...answer.body].map(({ id }) => String(id))
    pages.push(ids)
    await between(ids)
    at = nextOf(answer)
  }
  return pages
}

const removing = (token: string) => async (ids: readonly string[]) => {
  for (const id of ids) await call('DELETE', `vault/entries/${id}`, { token })
}

t.test('entries that go meanwhile', async (t) => {
  for (const [name, filter, token] of [
    ['of a folder', 'folder=/a&', acme.token],
    ['of a tag', 'tag=walked&', acme.token],
    ['of all', '', acme.token],
    ['of one who may not list all', 'folder=/a&', reader.token],
  ] as const) {
    const ids = await store('/a', 7)
    const path = `vault/entries?${filter}after=${nil}&pageSize=3`
    const pages = await walk(path, token, removing(acme.token))
    t.strictSame(pages, [ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)], name)
  }
})

t.test('pages end where the list ends', async (t) => {
  const ids = await store('/b', 4)
  t.strictSame(await walk(`vault/entries?folder=/b&after=${nil}&pageSize=2`, acme.token), [
    ids.slice(0, 2),
    ids.slice(2),
  ])
  t.strictSame(await walk(`vault/entries?folder=/b&after=${ids[1]}`, acme.token), [ids.slice(2)])
  t.strictSame(await walk(`vault/entries?folder=/b&after=${ids[3]}`, acme.token), [[]])
  const answer = await call('GET', `vault/entries?folder=/b&after=${ids[0]}&pageSize=1`, {
    token: acme.token,
  })
  t.equal(answer.headers.get('x-total-count'), '4', 'the total is that of the whole list')
})

t.test('users and tenants', async (t) => {
  const users = await walk(`users?after=${nil}&pageSize=1`, acme.token)
  t.equal(users.length, 2)
  t.ok(users.flat().includes(reader.id))
  const tenants = (await walk(`msp/tenants?after=${nil}&pageSize=1`, msp)).flat()
  t.ok(tenants.includes(acme.id))
  t.strictSame(tenants, [...new Set(tenants)].sort())
})

t.test('a page and an id at once are refused', async (t) => {
  for (const [path, token] of [
    ['vault/entries', acme.token],
    ['users', acme.token],
    ['msp/tenants', msp],
  ] as const) {
    const { status, body } = await call('GET', `${path}?page=1&after=${nil}`, { token })
    t.strictSame([status, body['code']], [400, 'validation_failed'])
    t.match(body['errors'], [{ pointer: '/query/after' }])
  }
})
