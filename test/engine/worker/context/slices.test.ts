// Long work is done a slice at a time: other events of the thread come in between, and tenants take turns.
import t from 'tap'
import { Slices } from '../../../../engine/worker/context/slices.js'
import { type TenantId, newId } from '../../../../engine/ids.js'

const [a, b] = [newId(), newId()] as [TenantId, TenantId]

t.test('one slice, then whatever else waits for the thread', async (t) => {
  const slices = new Slices()
  const seen: string[] = []
  const first = slices.next(a).then(() => {
    seen.push('first')
    setImmediate(() => seen.push('another event'))
  })
  const second = slices.next(a).then(() => seen.push('second'))
  await Promise.all([first, second])
  await new Promise((resolve) => setImmediate(resolve))
  t.same(seen.slice(0, 1), ['first'])
  t.ok(seen.includes('another event'))
  t.ok(seen.indexOf('second') > 0)
})

t.test('tenants take turns, however many one of them has', async (t) => {
  const slices = new Slices()
  const seen: string[] = []
  const many = Array.from({ length: 50 }, () => slices.next(a).then(() => seen.push('a')))
  const few = [slices.next(b), slices.next(b)].map((one) => one.then(() => seen.push('b')))
  await Promise.all([...many, ...few])
  t.equal(seen.slice(0, 4).join(''), 'abab')
  t.equal(seen.length, 52)
})
