// An entry that is moved takes nobody's secrets of before along: who may read where it is now, and nowhere else, reads,
// lists and restores no version from before.
import t from 'tap'
import { apiOf, readyTenant, readyUser, signInAdmin } from '../../support/api.js'
import { startEngine } from '../../support/engine.js'

t.test('moved from a folder of few to one of many', async (t) => {
  const engine = await startEngine(t)
  const call = apiOf(engine.url)
  const acme = await readyTenant(engine, await signInAdmin(engine), 'acme')
  const user = await readyUser(engine, acme, 'second', ['pam_user'])
  const body = { name: 'root', folder: '/priv', type: 'note', fields: { password: 'private' } }
  const id = (await call('POST', 'vault/entries', { token: acme.token, body })).body['id']!
  const rules = (await call('GET', 'vault/permissions', { token: acme.token })).body
  const rule = { principal: { type: 'user', id: user.id }, folder: '/pub' }
  await call('PUT', 'vault/permissions', {
    token: acme.token,
    body: [...rules, { ...rule, rights: ['list', 'read', 'write'] }],
  })
  await call('PUT', `vault/entries/${id}`, {
    token: acme.token,
    body: { folder: '/pub', fields: { password: 'public' } },
  })

  const secret = await call('GET', `vault/entries/${id}/secret`, { token: user.token })
  t.match(secret, { status: 200, body: { version: 2, fields: { password: 'public' } } })
  const before = await call('GET', `vault/entries/${id}/secret?version=1`, { token: user.token })
  t.strictSame([before.status, before.body['code']], [404, 'not_found'])
  const listed = await call('GET', `vault/entries/${id}/versions`, { token: user.token })
  t.strictSame(
    [...listed.body].map((one) => one['folder']),
    ['/pub'],
  )
  const restored = await call('POST', `vault/entries/${id}/restore`, {
    token: user.token,
    body: { version: 1 },
  })
  t.equal(restored.status, 404)
  const all = await call('GET', `vault/entries/${id}/secret?version=1`, { token: acme.token })
  t.match(all, { status: 200, body: { fields: { password: 'private' } } })
  await engine.stop()
})
