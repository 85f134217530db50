// Pages count from 1; the links lead where a client may go, and hold nothing that could end a header.
import fc from 'fast-check'
import t from 'tap'
import { pageHeaders, pageOf, queryText } from '../../../../engine/worker/request/paging.js'

t.test('the first 25 without a wish', async (t) => {
  t.same(pageOf({}), { offset: 0, limit: 25 })
  t.same(pageOf({ page: 3, pageSize: 200 }), { offset: 400, limit: 200 })
})

const relsOf = (link = ''): Record<string, string> =>
  Object.fromEntries(
    [...link.matchAll(/<\/x\?page=(-?\d+)&pageSize=\d+>; rel="(\w+)"/g)].map(([, page, rel]) => [
      rel,
      page,
    ]),
  )

t.test('links', async (t) => {
  const at = (page: number, total: number) =>
    relsOf(pageHeaders('/x', { page, pageSize: 10 }, total)['link'])
  t.same(at(1, 0), {})
  t.same(at(1, 10), {})
  t.same(at(1, 11), { next: '2', last: '2' })
  t.same(at(2, 25), { first: '1', prev: '1', next: '3', last: '3' })
  t.same(at(3, 25), { first: '1', prev: '2' })
  t.same(at(9, 25), { first: '1', prev: '3' }, 'beyond the end: back to the end')
})

t.test('the total is what the caller may see', async (t) => {
  t.equal(pageHeaders('/x', {}, 7)['x-total-count'], '7')
})

t.test('filters stay, and cannot break out of the header', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (tag) => {
      const { link = '' } = pageHeaders('/x', { page: 1, pageSize: 1, tag }, 2)
      const text = /^<\/x\?([\x21-\x3b\x3d\x3f-\x7e]*)>; rel="next", /.exec(link)?.[1]
      return new URLSearchParams(text).get('tag') === tag
    }),
  )
})

t.test('what was not asked for is not in the query', async (t) => {
  t.equal(queryText({ folder: undefined, page: 1, deleted: false }), 'page=1&deleted=false')
})
