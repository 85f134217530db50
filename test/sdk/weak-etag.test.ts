// Promise: a proxy that compresses, and so makes ETags weak or appends its coding, is in the way of no change.
import t from 'tap'
import { entry, id, tenantGround } from './support/clients.js'

const routes = {
  'GET /api/v1/vault/permissions': () => ({ headers: { etag: 'W/"7"' }, json: [] }),
  'PUT /api/v1/vault/permissions': () => ({ headers: { etag: 'W/"8"' }, json: [] }),
  [`PUT /api/v1/vault/entries/${id}`]: () => ({ json: entry }),
}

t.test('what was read is what is sent back', async (t) => {
  const { server, client } = await tenantGround(t, routes)
  const { rules, etag } = await client.vault.permissions()
  t.equal(etag, '"7"')
  t.match(await client.vault.setPermissions(rules, { ifMatch: etag }), { etag: '"8"' })
  t.equal(server.asked.at(-1)?.headers['if-match'], '"7"')
})

t.test('also one that was kept from elsewhere', async (t) => {
  const { server, client } = await tenantGround(t, routes)
  await client.vault.setPermissions([], { ifMatch: 'W/"7"' })
  t.equal(server.asked.at(-1)?.headers['if-match'], '"7"')
  for (const [ifMatch, sent] of [
    ['W/"3"', '"3"'],
    ['"3-gzip"', '"3"'],
    ['W/"3-br"', '"3"'],
    ['"3"', '"3"'],
    ['*', '*'],
    [3, '"3"'],
  ] as const) {
    await client.vault.update(id, { name: 'n' }, { ifMatch })
    t.equal(server.asked.at(-1)?.headers['if-match'], sent)
  }
})
