// Promise: lists are read page by page while they are iterated, by Link or by the total, and never in a circle.
import t from 'tap'
import { UnexpectedAnswerError } from '../../sdk/src/index.js'
import { managementGround, rejection, tenantGround } from './support/clients.js'
import type { Answered, Asked } from './support/server.js'

const rows = Array.from({ length: 5 }, (_, index) => ({ id: `row-${index}` }))
const entries = '/api/v1/vault/entries'

const pageOf = ({ query }: Asked, linked: boolean): Answered => {
  const [page, size] = [Number(query.get('page')), Number(query.get('pageSize'))]
  const more = page * size < rows.length
  const next = `<${entries}?page=${page + 1}&pageSize=${size}>; rel="next"`
  return {
    headers: {
      'x-total-count': String(rows.length),
      ...(linked && more ? { link: `<${entries}?page=1>; rel="first", ${next}` } : {}),
    },
    json: rows.slice((page - 1) * size, page * size),
  }
}

for (const linked of [true, false])
  t.test(linked ? 'by Link' : 'by the total alone', async (t) => {
    const { server, client } = await tenantGround(t, {
      [`GET ${entries}`]: (asked) => pageOf(asked, linked),
    })
    const list = client.vault.list({ pageSize: 2, folder: '/prod db+1', deleted: true })
    t.strictSame(await list.toArray(), rows)
    t.equal(server.count(`GET ${entries}`), 3)
    t.strictSame(Object.fromEntries(server.asked.at(-1)?.query ?? []), {
      folder: '/prod db+1',
      deleted: 'true',
      page: '3',
      pageSize: '2',
    })
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

t.test('rows that were left out are told, and end no list', async (t) => {
  const { client } = await tenantGround(t, {
    [`GET ${entries}`]: ({ query }) => {
      const page = Number(query.get('page'))
      const json = page === 1 ? [] : [rows[page]]
      const unreadable = page === 1 ? '2' : '0'
      const total = page === 1 ? '1' : '3'
      return { headers: { 'x-total-count': total, 'x-unreadable-count': unreadable }, json }
    },
  })
  const pages = []
  for await (const page of client.vault.list({ pageSize: 2 }).pages()) pages.push(page)
  t.strictSame(
    pages.map(({ items, unreadable }) => [items.length, unreadable]),
    [
      [0, 2],
      [1, 0],
    ],
  )
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

t.test('a Link to another host gets no token', async (t) => {
  const { server, client } = await tenantGround(t, {
    'GET /api/v1/users': ({ query }) => ({
      headers:
        query.get('page') === '1' ? { link: '<http://127.0.0.1:1/?page=2>; rel="next"' } : {},
      json: rows,
    }),
  })
  t.equal((await client.users.list().toArray()).length, 10)
  t.equal(server.count('GET /api/v1/users'), 2, 'only the position is taken from it')
})

t.test('a circle is an error', async (t) => {
  const { client } = await tenantGround(t, {
    'GET /api/v1/users': () => ({ headers: { link: '</?page=1>; rel="next"' }, json: rows }),
    'GET /api/v1/audit/events': () => ({
      headers: { link: '</?after=x>; rel="next"' },
      json: rows,
    }),
  })
  t.type(await rejection(client.users.list().toArray()), UnexpectedAnswerError)
  t.type(await rejection(client.audit.events().toArray()), UnexpectedAnswerError)
})
