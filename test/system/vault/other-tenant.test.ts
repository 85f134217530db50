// Another tenant's ids answer exactly like ids that do not exist, at every operation that takes one.
import t from 'tap'
import { newId } from '../../../engine/ids.js'
import { anonymous, apiOf, readyTenant, signInAdmin } from '../../support/api.js'
import { ownCode, sharedEngine } from '../../support/shared.js'

t.test("contoso's ids in acme's hands", async (t) => {
  const engine = await sharedEngine(t)
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const acme = await readyTenant(engine, msp, ownCode('acme'))
  const contoso = await readyTenant(engine, msp, ownCode('contoso'))
  const body = { name: 'root', folder: '/x', type: 'password', fields: { password: 'theirs' } }
  const entry = (await call('POST', 'vault/entries', { token: contoso.token, body })).body['id']!
  const user = (await call('GET', 'users', { token: contoso.token })).body[0]!['id']!
  await call('GET', `vault/entries/${entry}/secret`, { token: contoso.token })

  const attempts = [
    ['GET', (id: string) => `vault/entries/${id}`, entry],
    ['GET', (id: string) => `vault/entries/${id}/secret`, entry],
    ['GET', (id: string) => `vault/entries/${id}/secret?version=1`, entry],
    ['GET', (id: string) => `vault/entries/${id}/versions`, entry],
    ['PUT', (id: string) => `vault/entries/${id}`, entry, { tags: ['mine'] }],
    ['POST', (id: string) => `vault/entries/${id}/restore`, entry],
    ['DELETE', (id: string) => `vault/entries/${id}`, entry],
    ['GET', (id: string) => `users/${id}`, user],
  ] as const
  for (const [method, pathOf, id, change] of attempts) {
    const options = { token: acme.token, ...(change ? { body: change } : {}) }
    const theirs = await call(method, pathOf(id), options)
    const nobodys = await call(method, pathOf(newId()), options)
    t.equal(theirs.status, 404, `${method} ${pathOf('…')}`)
    t.equal(anonymous(theirs.text), anonymous(nobodys.text))
  }
  const batch = await call('POST', 'vault/secrets/read', {
    token: acme.token,
    body: { ids: [entry] },
  })
  t.strictSame(batch.body[0], { id: entry, error: { code: 'not_found' } })
  const byPath = await call('GET', 'vault/secret?path=/x/root', { token: acme.token })
  t.equal(byPath.status, 404)

  await t.test('a cursor of theirs is no cursor here', async (t) => {
    const page = await call('GET', 'audit/events?limit=1', { token: contoso.token })
    const after = /after=([^&>]+)/.exec(page.headers.get('link') ?? '')?.[1]
    t.ok(after)
    const answer = await call('GET', `audit/events?after=${after}`, { token: acme.token })
    t.equal(answer.status, 400)
    t.equal(
      (await call('GET', `audit/events?after=${after}`, { token: contoso.token })).status,
      200,
    )
  })

  await t.test('no header, query or body names a tenant', async (t) => {
    const headers = { 'x-tenant-id': contoso.id, 'x-tenant': contoso.shortCode }
    const listed = await call('GET', 'vault/entries', { token: acme.token, headers })
    t.strictSame([...listed.body], [])
    t.equal(
      (await call('GET', `vault/entries?tenant=${contoso.shortCode}`, { token: acme.token }))
        .status,
      400,
    )
    const planted = { ...body, tenant: contoso.shortCode }
    const made = await call('POST', 'vault/entries', { token: acme.token, body: planted })
    t.equal(made.status, 400)
  })

  const seen = await call('GET', 'vault/entries', { token: contoso.token })
  t.match(seen.body, [{ id: entry, version: 1 }], 'nothing of theirs has changed')
  const own = await call('GET', 'audit/events?limit=1000', { token: contoso.token })
  t.notOk(
    [...own.body].some((event) => event['outcome'] === 'denied'),
    'nor was it told',
  )
})
