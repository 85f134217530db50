// The spine, end to end: provision, claim, store and read a secret in two tenants; each sees its own and nothing else.
import t from 'tap'
import { anonymous, apiOf, readyTenant, signInAdmin } from '../../support/api.js'
import { ownCode, sharedEngine } from '../../support/shared.js'

t.test('two tenants, one sealed secret each', async (t) => {
  const engine = await sharedEngine(t)
  const call = apiOf(engine.url)
  const admin = await signInAdmin(engine)
  t.equal((await call('GET', 'admin/license', { token: admin })).body['edition'], 'msp')
  const acme = await readyTenant(engine, admin, ownCode('acme'))
  const contoso = await readyTenant(engine, admin, ownCode('contoso'))

  const store = async (token: string, password: string): Promise<string> => {
    const body = {
      name: 'root',
      folder: '/prod/db',
      type: 'database',
      fields: { password },
      tags: ['x'],
    }
    const made = await call('POST', 'vault/entries', { token, body })
    t.equal(made.status, 201, made.text)
    return made.body['id']!
  }
  const ofAcme = await store(acme.token, 'acme secret')
  const ofContoso = await store(contoso.token, 'contoso secret')

  const read = await call('GET', `vault/entries/${ofAcme}/secret`, { token: acme.token })
  t.strictSame(read.body, { id: ofAcme, version: 1, fields: { password: 'acme secret' } })
  t.equal(read.headers.get('etag'), '"1"')
  t.equal(read.headers.get('cache-control'), 'no-store')

  const foreign = await call('GET', `vault/entries/${ofContoso}/secret`, { token: acme.token })
  const nowhere = await call('GET', `vault/entries/${acme.id}/secret`, { token: acme.token })
  t.equal(foreign.status, 404)
  t.strictSame(anonymous(foreign.text), anonymous(nowhere.text))

  const events = await call('GET', 'audit/events', { token: acme.token })
  const reads = [...events.body].filter((event) => event['action'] === 'vault.secret.read')
  t.strictSame(
    reads.map((event) => event['outcome']),
    ['denied', 'denied', 'success'],
  )
  const verified = await call('GET', 'audit/verify', { token: acme.token })
  t.match(verified.body, { ok: true, chains: Number })

  const summary = await call('GET', `msp/tenants/${acme.id}/audit/summary`, { token: admin })
  t.strictSame(Object.keys(summary.body[0] ?? {}), [
    'bucketStartUtc',
    'count',
    'firstUtc',
    'lastUtc',
  ])
  t.equal((await call('GET', `vault/entries/${ofAcme}`, { token: admin })).status, 403)
  for (const [path, token] of [
    ['tenant/health', acme.token],
    [`msp/tenants/${acme.id}/health`, admin],
  ] as const)
    t.match((await call('GET', path, { token })).body, {
      status: 'ok',
      database: { reachable: true },
      audit: { lastAnchorUtc: /Z$/ },
    })
})
