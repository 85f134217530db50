// Promise: lists are read page by page while they are iterated, by the id that a page ends with, and never in a circle.
import t from 'tap'
import { UnexpectedAnswerError } from '../../sdk/src/index.js'
import { managementGround, rejection, tenantGround } from './support/clients.js'
import type { Answered, Asked } from './support/server.js'

const nil = '00000000-0000-0000-0000-000000000000'
const rows = Array.from({ length: 5 }, (_, index) => ({ id: `row-${index}` }))
const entries = '/api/v1/vault/entries'

/** Of what is there when it is asked for. */
const pageOf = (
  { query }: Asked,
  linked: boolean,
  present: readonly { id: string }[] = rows,
): Answered => {
  const [after, size] = [query.get('after') ?? '', Number(query.get('pageSize'))]
  const behind = present.filter(({ id }) => id > after)
  const page = behind.slice(0, size)
  const first = `<${entries}?after=${nil}>; rel="first"`
  const next = `<${entries}?after=${page.at(-1)?.id}&pageSize=${size}>; rel="next"`
  const link = behind.length > size ? `${first}, ${next}` : first
  return {
    headers: { 'x-total-count': String(present.length), ...(linked ? { link } : {}) },
    json: page,
  }
}

for (const linked of [true, false])
  t.test(linked ? 'by Link' : 'by the last id alone', async (t) => {
    const { server, client } = await tenantGround(t, {
      [`GET ${entries}`]: (asked) => pageOf(asked, linked),
    })
    const list = client.vault.list({ pageSize: 2, folder: '/prod db+1', deleted: true })
    t.strictSame(await list.toArray(), rows)
    t.equal(server.count(`GET ${entries}`), 3)
    t.equal(server.asked.at(1)?.query.get('after'), nil, 'from before the first id on')
    t.strictSame(Object.fromEntries(server.asked.at(-1)?.query ?? []), {
      folder: '/prod db+1',
      deleted: 'true',
      after: 'row-3',
      pageSize: '2',
    })
  })

t.test('a full last page is known for the last by its Link', async (t) => {
  const { server, client } = await tenantGround(t, {
    [`GET ${entries}`]: (asked) => pageOf(asked, true),
  })
  t.strictSame(await client.vault.list({ pageSize: 5 }).toArray(), rows)
  t.equal(server.count(`GET ${entries}`), 1)
})

t.test('rows that go while it is iterated hide no others', async (t) => {
  const present = [...rows]
  const { client } = await tenantGround(t, {
    [`GET ${entries}`]: (asked) => pageOf(asked, true, present),
    ...Object.fromEntries(
      rows.map(({ id }) => [
        `DELETE ${entries}/${id}`,
        () => {
          present.splice(
            present.findIndex((one) => one.id === id),
            1,
          )
          return { status: 204 }
        },
      ]),
    ),
  })
  const seen: string[] = []
  for await (const { id } of client.vault.list({ pageSize: 2 })) {
    seen.push(id)
    await client.vault.delete(id)
  }
  t.strictSame(
    seen,
    rows.map(({ id }) => id),
  )
  t.strictSame(present, [])
})

t.test('no further than it is iterated', async (t) => {
  const { server, client } = await tenantGround(t, {
    [`GET ${entries}`]: (asked) => pageOf(asked, true),
  })
  for await (const { items, total } of client.vault.list({ pageSize: 2 }).pages()) {
    t.equal(items.length, 2)
    t.equal(total, 5)
    break
  }
  t.equal(server.count(`GET ${entries}`), 1)
})

for (const linked of [true, false])
  t.test(
    `rows that were left out are told, and end no list, ${linked ? '' : 'un'}linked`,
    async (t) => {
      const { client } = await tenantGround(t, {
        [`GET ${entries}`]: ({ query }) => {
          const isFirst = query.get('after') === nil
          const next = { link: `<${entries}?after=row-1>; rel="next"` }
          return {
            headers: {
              'x-total-count': '3',
              'x-unreadable-count': isFirst ? '1' : '0',
              ...(isFirst && linked ? next : {}),
            },
            json: isFirst ? [rows[1]] : [rows[2]],
          }
        },
      })
      const pages = []
      for await (const page of client.vault.list({ pageSize: 2 }).pages()) pages.push(page)
      t.strictSame(
        pages.map(({ items, unreadable }) => [items.length, unreadable]),
        [
          [1, 1],
          [1, 0],
        ],
      )
    },
  )

t.test('a page of nothing but rows that were left out', async (t) => {
  const routes = (headers: Record<string, string>) => ({
    [`GET ${entries}`]: ({ query }: Asked) =>
      query.get('after') === nil
        ? { headers: { 'x-unreadable-count': '2', ...headers }, json: [] }
        : { json: [rows[2]] },
  })
  const link = `<${entries}?after=row-1>; rel="next"`
  const { client } = await tenantGround(t, routes({ link }))
  t.strictSame(await client.vault.list({ pageSize: 2 }).toArray(), [rows[2]], 'is passed by')
  const unlinked = await tenantGround(t, routes({}))
  const cut = rejection(unlinked.client.vault.list({ pageSize: 2 }).toArray())
  t.type(await cut, UnexpectedAnswerError, 'is no end where only Link could say what follows')
})

t.test('users and tenants too', async (t) => {
  const users = await tenantGround(t, { 'GET /api/v1/users': () => ({ json: rows }) })
  t.strictSame(await users.client.users.list().toArray(), rows)
  const fleet = await managementGround(t, { 'GET /api/v1/msp/tenants': () => ({ json: rows }) })
  t.strictSame(await fleet.client.tenants.list({ status: 'active' }).toArray(), rows)
  t.equal(fleet.server.asked.at(-1)?.query.get('status'), 'active')
})

t.test('audit events by cursor', async (t) => {
  const cursors = new Map([
    [null, 'a+/='],
    ['a+/=', 'b'],
  ])
  const { server, client } = await tenantGround(t, {
    'GET /api/v1/audit/events': ({ query }) => {
      const next = cursors.get(query.get('after'))
      const to = `/api/v1/audit/events?limit=10&after=${encodeURIComponent(next ?? '')}`
      return {
        headers: next === undefined ? {} : { link: `<${to}>; rel="next"` },
        json: [{ id: `after ${query.get('after')}` }],
      }
    },
  })
  const seen: string[] = []
  for await (const { id } of client.audit.events({ pageSize: 10 })) seen.push(id)
  t.strictSame(seen, ['after null', 'after a+/=', 'after b'])
  t.equal(server.asked.at(-1)?.query.get('limit'), '10')
})

t.test('audit events that are looked for: each page asks for the same', async (t) => {
  const { server, client } = await tenantGround(t, {
    'GET /api/v1/audit/events': ({ query }) => ({
      headers: query.has('after') ? {} : { link: '</api/v1/audit/events?after=b>; rel="next"' },
      // A page may be empty and lead on all the same.
      json: query.has('after') ? [{ id: 'found' }] : [],
    }),
  })
  const from = '2026-01-31T00:00:00.000Z'
  const options = { actor: nil, action: 'vault.secret.read', outcome: 'denied', from } as const
  t.strictSame(await client.audit.events(options).toArray(), [{ id: 'found' }])
  t.equal(server.count('GET /api/v1/audit/events'), 2)
  for (const { query } of server.asked.slice(-2)) {
    const { after: _after, ...asked } = Object.fromEntries(query)
    t.strictSame(asked, { ...options, limit: '100' })
  }
})

t.test('a Link to another host gets no token', async (t) => {
  const { server, client } = await tenantGround(t, {
    'GET /api/v1/users': ({ query }) => ({
      headers:
        query.get('after') === nil
          ? { link: '<http://127.0.0.1:1/?after=row-9>; rel="next"' }
          : { link: '</?after=0>; rel="first"' },
      json: rows,
    }),
  })
  t.equal((await client.users.list().toArray()).length, 10)
  t.equal(server.count('GET /api/v1/users'), 2, 'only the position is taken from it')
})

t.test('a circle is an error', async (t) => {
  const { client } = await tenantGround(t, {
    'GET /api/v1/users': () => ({ headers: { link: '</?after=row-1>; rel="next"' }, json: rows }),
    'GET /api/v1/audit/events': () => ({
      headers: { link: '</?after=x>; rel="next"' },
      json: rows,
    }),
  })
  t.type(await rejection(client.users.list().toArray()), UnexpectedAnswerError)
  t.type(await rejection(client.audit.events().toArray()), UnexpectedAnswerError)
})
