// Pages count from 1; the links lead where a client may go, and hold nothing that could end a header.
import fc from 'fast-check'
import t from 'tap'
import {
  pageHeaders,
  pageOf,
  pageRows,
  queryText,
} from '../../../../engine/worker/request/paging.js'

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
    relsOf(pageHeaders('/x', { page, pageSize: 10 }, { places: total })['link'])
  t.same(at(1, 0), {})
  t.same(at(1, 10), {})
  t.same(at(1, 11), { next: '2', last: '2' })
  t.same(at(2, 25), { first: '1', prev: '1', next: '3', last: '3' })
  t.same(at(3, 25), { first: '1', prev: '2' })
  t.same(at(9, 25), { first: '1', prev: '3' }, 'beyond the end: back to the end')
})

t.test('the total is what the caller may see', async (t) => {
  t.equal(pageHeaders('/x', {}, { places: 7 })['x-total-count'], '7')
})

t.test('filters stay, and cannot break out of the header', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (tag) => {
      const { link = '' } = pageHeaders('/x', { page: 1, pageSize: 1, tag }, { places: 2 })
      const text = /^<\/x\?([\x21-\x3b\x3d\x3f-\x7e]*)>; rel="next", /.exec(link)?.[1]
      return new URLSearchParams(text).get('tag') === tag
    }),
  )
})

t.test('what was not asked for is not in the query', async (t) => {
  t.equal(queryText({ folder: undefined, page: 1, deleted: false }), 'page=1&deleted=false')
})

const nil = '00000000-0000-0000-0000-000000000000'
const rows = ['a', 'b', 'c'].map((id) => ({ id }))

t.test('after an id: one row more tells whether a page follows', async (t) => {
  t.same(pageOf({ after: nil, page: 1, pageSize: 2 }), { after: nil, limit: 3 })
  t.same(pageRows({ pageSize: 2 }, rows), { rows: rows.slice(0, 2), next: 'b' })
  t.same(pageRows({ pageSize: 3 }, rows), { rows, next: null })
  t.same(pageRows({ pageSize: 3 }, []), { rows: [], next: null })
})

t.test('after an id: the links are by id, the first always there', async (t) => {
  const linkAt = (next: string | null) =>
    pageHeaders('/x', { after: 'a', page: 1, pageSize: 2, tag: 'y' }, { places: 9, next })['link']
  const first = `</x?after=${nil}&pageSize=2&tag=y>; rel="first"`
  t.equal(linkAt('b'), `${first}, </x?after=b&pageSize=2&tag=y>; rel="next"`)
  t.equal(linkAt(null), first)
})
