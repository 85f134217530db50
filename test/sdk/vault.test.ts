// Promise: each call of the vault is the operation of the contract with this name, its body, version and If-Match.
import t from 'tap'
import { entry, id, secret, tenantGround } from './support/clients.js'
import { type Answering, problem } from './support/server.js'

const entries = '/api/v1/vault/entries'
const rule = {
  principal: { type: 'role', id: 'pam_admin' },
  folder: '/',
  rights: ['read'],
} as const

const routes: Readonly<Record<string, Answering>> = {
  [`POST ${entries}`]: () => ({ status: 201, json: entry }),
  [`GET ${entries}/${id}`]: () => ({ json: entry }),
  [`PUT ${entries}/${id}`]: ({ headers }) =>
    headers['if-match'] === '"3"' ? { json: entry } : problem(412, 'precondition_failed'),
  [`DELETE ${entries}/${id}`]: () => ({ status: 204 }),
  [`POST ${entries}/${id}/restore`]: () => ({ json: entry }),
  [`GET ${entries}/${id}/versions`]: () => ({ json: [{ version: 3 }] }),
  [`GET ${entries}/${id}/secret`]: () => ({ json: secret }),
  'GET /api/v1/vault/secret': () => ({ json: secret }),
  'POST /api/v1/vault/secrets/read': ({ body }) => ({
    json: (body as { paths: string[] }).paths.map((path) => ({
      path,
      error: { code: 'not_found' },
    })),
  }),
  'GET /api/v1/vault/permissions': () => ({ headers: { etag: '"7"' }, json: [rule] }),
  'PUT /api/v1/vault/permissions': () => ({ headers: { etag: '"8"' }, json: [rule] }),
}

t.test('entries', async (t) => {
  const { server, client } = await tenantGround(t, routes)
  const input = { name: 'root', folder: '/prod/db', type: 'database', fields: { a: 'b' } } as const
  t.strictSame(await client.vault.create(input), entry)
  t.strictSame(server.asked.at(-1)?.body, input)
  t.strictSame(await client.vault.get(id), entry)
  t.strictSame(await client.vault.update(id, { tags: ['x'] }, { ifMatch: entry.version }), entry)
  await t.rejects(client.vault.update(id, { tags: ['x'] }, { ifMatch: 2 }), {
    code: 'precondition_failed',
  })
  t.equal(await client.vault.delete(id, { ifMatch: 3 }), undefined)
  t.equal(server.asked.at(-1)?.headers['if-match'], '"3"')
  await client.vault.restore(id)
  t.equal(server.asked.at(-1)?.body, undefined, 'undeletes without a body')
  await client.vault.restore(id, { version: 2 })
  t.strictSame(server.asked.at(-1)?.body, { version: 2 })
  t.match(await client.vault.versions(id), [{ version: 3 }])
})

t.test('secrets', async (t) => {
  const { server, client } = await tenantGround(t, routes)
  t.strictSame(await client.vault.readSecret(id), secret)
  await client.vault.readSecret(id, { version: 2 })
  t.equal(server.asked.at(-1)?.query.get('version'), '2')
  t.strictSame(await client.vault.readSecretByPath('/prod/a b&c=d'), secret)
  t.equal(server.asked.at(-1)?.query.get('path'), '/prod/a b&c=d')
})

t.test('more secrets than a request takes come in the order asked', async (t) => {
  const { server, client } = await tenantGround(t, routes)
  const paths = Array.from({ length: 250 }, (_, index) => `/prod/${index}`)
  const found = await client.vault.readSecrets({ paths })
  t.strictSame(
    found.map((row) => ('error' in row ? row.path : undefined)),
    paths,
  )
  t.equal(server.count('POST /api/v1/vault/secrets/read'), 3)
})

t.test('what is asked for twice is read once and answered twice', async (t) => {
  const { server, client } = await tenantGround(t, routes)
  const found = await client.vault.readSecrets({ paths: ['/b', '/a', '/b'] })
  t.strictSame(
    found.map((row) => ('error' in row ? row.path : undefined)),
    ['/b', '/a', '/b'],
  )
  t.strictSame(server.asked.at(-1)?.body, { paths: ['/b', '/a'] })
})

t.test('permissions', async (t) => {
  const { server, client } = await tenantGround(t, routes)
  const { rules, etag } = await client.vault.permissions()
  t.strictSame([rules, etag], [[rule], '"7"'])
  t.match(await client.vault.setPermissions(rules, { ifMatch: etag }), { etag: '"8"' })
  t.equal(server.asked.at(-1)?.headers['if-match'], '"7"')
  t.strictSame(server.asked.at(-1)?.body, [rule])
})

t.test('permissions without an ETag, which a proxy has dropped, are no answer', async (t) => {
  const { client } = await tenantGround(t, {
    'GET /api/v1/vault/permissions': () => ({ json: [rule] }),
  })
  await t.rejects(client.vault.permissions(), { name: 'UnexpectedAnswerError', status: 200 })
})
