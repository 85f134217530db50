// A list goes on over what does not open, and its one event says what was left out, whatever there was of it.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { pageHeaders } from '../../../../engine/worker/request/paging.js'
import { listed, readable } from '../../../../engine/worker/request/readable.js'

const rows = Array.from({ length: 120 }, (_, n) => ({ id: newId(), n }))
const evenOnly = ({ n }: { readonly n: number }): number => {
  if (n % 2 === 1) throw new IntegrityError()
  return n
}

t.test('what opens, in order, and the ids of the rest', async (t) => {
  const { items, unreadable } = readable(rows.slice(0, 5), evenOnly)
  t.strictSame(items, [0, 2, 4])
  t.strictSame(unreadable, [rows[1]!.id, rows[3]!.id])
})

t.test('any other error is one', async (t) => {
  const failure = new TypeError('a fault of ours')
  const open = (): never => {
    throw failure
  }
  t.throws(() => readable(rows, open), failure)
})

t.test('its event', async (t) => {
  t.strictSame(listed('listUsers', { count: 3 }, []), [{ count: 3 }, undefined, 'success'])
  const { unreadable } = readable(rows, evenOnly)
  const [detail, , outcome] = listed('listUsers', { count: 60 }, unreadable)
  t.equal(outcome, 'failure')
  t.match(detail, { code: 'integrity_failure', operation: 'listUsers', unreadable: 60 })
  t.equal((detail['unreadableIds'] as string[]).length, 50, 'however many: an event has an end')
})

t.test('a row that was left out keeps its place', async (t) => {
  const headers = pageHeaders('/x', { page: 2, pageSize: 1 }, { places: 3, unreadable: [newId()] })
  t.match(headers, { 'x-total-count': '2', 'x-unreadable-count': '1', link: /rel="next"/ })
  t.notOk('x-unreadable-count' in pageHeaders('/x', {}, { places: 3 }))
})
