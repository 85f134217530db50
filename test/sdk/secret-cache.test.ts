// Promise: without `cache` every read reaches the engine; with it a secret is answered from memory until its time is
// over, it changes through this client, or others need its place.
import t from 'tap'
import { SecretCache } from '../../sdk/src/tenant/secret-cache.js'
import { entry, id, secret, tenantGround } from './support/clients.js'
import { TestClock } from './support/clock.js'
import type { Answered, Answering } from './support/server.js'

const read = `GET /api/v1/vault/entries/${id}/secret`
const byPath = 'GET /api/v1/vault/secret'
const one = `/api/v1/vault/entries/${id}`

const routes: Readonly<Record<string, Answering>> = {
  [read]: () => ({ json: secret }),
  [byPath]: () => ({ json: secret }),
  [`PUT ${one}`]: () => ({ json: entry }),
  [`DELETE ${one}`]: () => ({ status: 204 }),
  [`POST ${one}/restore`]: () => ({ json: entry }),
  'PUT /api/v1/vault/permissions': () => ({ headers: { etag: '"2"' }, json: [] }),
  'POST /api/v1/auth/logout': () => ({ status: 204 }),
}

t.test('off unless asked for', async (t) => {
  const { server, client } = await tenantGround(t, routes)
  await client.vault.readSecret(id)
  await client.vault.readSecret(id)
  t.equal(server.count(read), 2)
})

t.test('until its time is over', async (t) => {
  const { server, clock, client } = await tenantGround(t, routes, { ttlMs: 5000 })
  t.strictSame(await client.vault.readSecret(id), secret)
  clock.advance(4999)
  const hit = await client.vault.readSecret(id)
  t.strictSame(hit, secret)
  t.equal(server.count(read), 1)
  hit.fields['password'] = 'changed by its reader'
  t.strictSame(await client.vault.readSecret(id), secret, 'each reader has a copy')
  clock.advance(1)
  await client.vault.readSecret(id)
  t.equal(server.count(read), 2)
})

t.test('ids, paths and versions apart', async (t) => {
  const { server, client } = await tenantGround(t, routes, { ttlMs: 5000 })
  for (let round = 0; round < 2; round++) {
    await client.vault.readSecret(id)
    await client.vault.readSecret(id, { version: 2 })
    await client.vault.readSecretByPath('/prod/db/root')
  }
  t.equal(server.count(read), 2)
  t.equal(server.count(byPath), 1)
})

t.test('until it changes', async (t) => {
  const { server, client } = await tenantGround(t, routes, { ttlMs: 5000 })
  const changes = [
    () => client.vault.update(id, { name: 'r' }),
    () => client.vault.delete(id),
    () => client.vault.restore(id, { version: 2 }),
    () => client.vault.setPermissions([]),
    () => client.logout(),
  ]
  for (const [index, change] of changes.entries()) {
    await client.vault.readSecret(id)
    await client.vault.readSecretByPath('/prod/db/root')
    t.equal(server.count(read), index + 1)
    t.equal(server.count(byPath), index + 1)
    await change()
  }
})

t.test('a read that began before a change brings nothing old back', async (t) => {
  let answer = (_answered: Answered): void => undefined
  const { server, client } = await tenantGround(
    t,
    { ...routes, [read]: () => new Promise<Answered>((resolve) => (answer = resolve)) },
    { ttlMs: 5000 },
  )
  const early = client.vault.readSecret(id)
  await server.arrived(read)
  await client.vault.update(id, { fields: { password: 'n3w' } })
  answer({ json: secret })
  await early
  const late = client.vault.readSecret(id)
  await server.arrived(read, 2)
  answer({ json: { ...secret, version: 4 } })
  t.match(await late, { version: 4 })
})

t.test('the oldest makes room, and all leave memory when their time is over', async (t) => {
  const clock = new TestClock()
  const cache = new SecretCache({ ttlMs: 1000, maxEntries: 2 }, clock)
  const reads: string[] = []
  const through = (key: string): Promise<unknown> =>
    cache.through(key, async () => {
      reads.push(key)
      return secret
    })
  for (const key of ['a', 'b', 'c', 'b', 'a']) await through(key)
  t.strictSame(reads, ['a', 'b', 'c', 'a'])
  t.equal(cache.size, 2)
  clock.advance(500)
  await through('d')
  clock.advance(500)
  t.equal(cache.size, 1, 'nobody asked, the old one is gone')
  clock.advance(500)
  t.equal(cache.size, 0)
  t.equal(clock.pending, 0, 'and no timer is left')
})
