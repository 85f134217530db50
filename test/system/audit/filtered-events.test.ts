// Promise: GET audit/events narrowed by actor, action, target, outcome and time, page by page, and within the tenant.
import t from 'tap'
import { newId } from '../../../engine/ids.js'
import { apiOf, type Json, readyTenant, readyUser, signInAdmin } from '../../support/api.js'
import { ownCode, sharedEngine } from '../../support/shared.js'

t.test('a filtered log', async (t) => {
  const engine = await sharedEngine(t)
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const acme = await readyTenant(engine, msp, ownCode('acme'))
  const contoso = await readyTenant(engine, msp, ownCode('contoso'))
  const { token } = acme
  const bob = await readyUser(engine, acme, 'bob', ['pam_user'])
  const body = { name: 'root', folder: '/x', type: 'password', fields: { password: 'p' } }
  const make = async (of: string) =>
    (await call('POST', 'vault/entries', { token: of, body })).body['id']!
  const entry = await make(token)
  const theirs = await make(contoso.token)
  for (let i = 0; i < 7; i++) await call('GET', `vault/entries/${entry}/secret`, { token })
  for (let i = 0; i < 3; i++)
    await call('GET', `vault/entries/${entry}/secret`, { token: bob.token })

  const get = (query: string, of = token) => call('GET', `audit/events?${query}`, { token: of })
  const all = [...(await get('limit=1000')).body]
  const { id: actor } = bob
  /** What was there before; reading the log adds to it. */
  const known = new Set(all.map(({ id }) => id))
  const walk = async (query: string, of = token): Promise<Json[]> => {
    const found: Json[] = []
    for (let next: string | undefined = `audit/events?${query}`; next !== undefined;) {
      const { status, body, headers } = await call('GET', next, { token: of })
      t.equal(status, 200, next)
      found.push(...body)
      next = /<\/api\/v1\/([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    return found.filter(({ id }) => known.has(id!))
  }

  const middle = all[Math.floor(all.length / 2)]!['time']!
  const asked: Readonly<Record<string, (event: Json) => boolean>> = {
    [`actor=${actor}`]: (event) => event['actor']!['id'] === actor,
    [`target=${entry.toUpperCase()}`]: (event) => event['target']!['id'] === entry,
    'action=vault.secret.read': (event) => event['action'] === 'vault.secret.read',
    'outcome=denied': (event) => event['outcome'] === 'denied',
    'outcome=success': (event) => event['outcome'] === 'success',
    [`from=${middle}`]: (event) => event['time']! >= middle,
    [`to=${middle}`]: (event) => event['time']! <= middle,
    [`actor=${actor}&target=${entry}&action=vault.secret.read&outcome=denied&from=${middle}`]: (
      event,
    ) =>
      event['outcome'] === 'denied' && event['target']!['id'] === entry && event['time']! >= middle,
  }
  for (const [query, isWanted] of Object.entries(asked)) {
    const wanted = all.filter(isWanted)
    t.ok(wanted.length > 0, query)
    t.strictSame(await walk(`${query}&limit=1000`), wanted, query)
    t.strictSame(await walk(`${query}&limit=2`), wanted, `${query}, page by page`)
  }

  await t.test('nothing of others', async (t) => {
    for (const query of [`actor=${newId()}`, `target=${theirs}`, `target=${newId()}`])
      t.strictSame((await get(query)).body, [])
    t.strictSame((await get(`actor=${actor}`, contoso.token)).body, [])
    t.not((await get(`target=${theirs}`, contoso.token)).body.length, 0)
  })

  await t.test('what is no filter is 400', async (t) => {
    for (const query of [
      'action=vault.secret.steal',
      'outcome=fine',
      'actor=bob',
      'target=',
      'from=yesterday',
      'from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z',
      'actor=&actor=',
      'who=me',
    ])
      t.match(await get(query), { status: 400, body: { code: 'validation_failed' } }, query)
  })

  await t.test('what was looked for is on record', async (t) => {
    await get(`actor=${actor}&outcome=denied&limit=5`)
    const [read] = [...(await get('action=audit.read&limit=1')).body]
    t.match(read, { detail: { filter: { actor, outcome: 'denied' } } })
    t.notMatch(read, { detail: { filter: { limit: 5 } } })
  })
})
