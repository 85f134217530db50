// A page of rows that were told apart by opening them: by number or after an id, each row on one page alone, those that
// do not open too.
import t from 'tap'
import { nilUuid } from '../../../../engine/ids.js'
import { filteredPage } from '../../../../engine/worker/request/filtered-page.js'
import type { PageQuery } from '../../../../engine/worker/request/paging.js'

const visible = ['b', 'd', 'f', 'h', 'j'].map((id) => ({ id }))
const unreadable = [
  { id: 'a', place: 0 },
  { id: 'c', place: 1 },
  { id: 'e', place: 2 },
  { id: 'g', place: 3 },
  { id: 'k', place: 5 },
]
const pageOf = (query: PageQuery) => filteredPage(query, visible, unreadable)
const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id)

t.test('by number', async (t) => {
  const pages = [1, 2, 3, 4].map((page) => pageOf({ page, pageSize: 2 }))
  t.strictSame(
    pages.map(({ rows }) => idsOf(rows)),
    [['b', 'd'], ['f', 'h'], ['j'], []],
  )
  t.strictSame(
    pages.flatMap((page) => page.unreadable),
    idsOf(unreadable),
  )
  t.match(pages[0], { places: 5, total: 5, next: null })
})

t.test('after an id', async (t) => {
  const pages = []
  for (let after: string | null = nilUuid; after !== null; after = pages.at(-1)?.next ?? null)
    pages.push(pageOf({ after, pageSize: 2 }))
  t.strictSame(
    pages.map(({ rows, next }) => [...idsOf(rows), next]),
    [
      ['b', 'd', 'd'],
      ['f', 'h', 'h'],
      ['j', null],
    ],
  )
  t.strictSame(
    pages.map((page) => page.unreadable),
    [['a', 'c'], ['e', 'g'], ['k']],
    'where their ids stand',
  )
  t.match(pages[1], { places: 5, total: 5 })
})

t.test('after an id that is not there', async (t) => {
  t.strictSame(idsOf(pageOf({ after: 'dd', pageSize: 2 }).rows), ['f', 'h'])
  t.strictSame(pageOf({ after: 'z' }), {
    rows: [],
    next: null,
    unreadable: [],
    places: 5,
    total: 5,
  })
})
