// Passwords: no more at once than may be, and networks take turns, so that one's storm is not another's; whose tenant it
// is, and how long was looked up before, makes no difference.
import type { Piscina } from 'piscina'
import t from 'tap'
import { SlowPool } from '../../../../engine/front/dispatch/slow-pool.js'
import { newId } from '../../../../engine/ids.js'
import type { Asker } from '../../../../engine/task/main.js'

const from = (clientAddress: string): Asker => ({ clientAddress, requestId: newId() })
const storm = '203.0.113.7'
const acme = '198.51.100.1'
const contoso = '192.0.2.1'

const setUp = (width = 1) => {
  const running: {
    task: unknown
    name: string
    end(value?: unknown): void
    fail(e: Error): void
  }[] = []
  const started: unknown[] = []
  const pool = {
    run: (task: unknown, { name }: { name: string }) =>
      new Promise((end, fail) => {
        running.push({ task, name, end, fail })
        started.push(task)
      }),
  } as unknown as Piscina
  const slow = new SlowPool(pool, width)
  const next = async (): Promise<void> => {
    running.shift()?.end('done')
    await new Promise(setImmediate)
  }
  return { slow, running, started, next }
}

t.test('as many at once as it is wide', async (t) => {
  const { slow, running, next } = setUp(2)
  for (let i = 0; i < 5; i++) void slow.hashPassword(from(acme), `${i}`)
  t.equal(running.length, 2)
  await next()
  t.equal(running.length, 2)
})

t.test('networks take turns', async (t) => {
  const { slow, started, next } = setUp()
  for (let i = 0; i < 5; i++) void slow.hashPassword(from(`203.0.113.${i}`), `storm ${i}`)
  void slow.hashPassword(from(acme), 'acme 0')
  void slow.hashPassword(from(acme), 'acme 1')
  void slow.hashPassword(from(contoso), 'contoso 0')
  for (let i = 0; i < 8; i++) await next()
  t.same(started.slice(0, 6), ['storm 0', 'storm 1', 'acme 0', 'contoso 0', 'storm 2', 'acme 1'])
  t.equal(started.length, 8)
})

t.test('of one network in the order of arrival, whatever took long before', async (t) => {
  const { slow, started, next } = setUp()
  const [first, second, third] = [from(storm), from(storm), from(storm)]
  void slow.hashPassword(from(acme), 'busy')
  void slow.hashPassword(third, 'third')
  void slow.hashPassword(first, 'first')
  void slow.hashPassword(second, 'second')
  for (let i = 0; i < 4; i++) await next()
  t.same(started, ['busy', 'first', 'second', 'third'])
})

t.test('more than may wait of one network are refused, and others are not', async (t) => {
  const { slow } = setUp()
  for (let i = 0; i < 65; i++) void slow.hashPassword(from(storm), `${i}`)
  const refused = slow.hashPassword(from(storm), 'one more')
  t.ok(refused instanceof Promise)
  await t.rejects(refused, { code: 'overloaded' })
  void slow.hashPassword(from(acme), 'x')
  await t.rejects(slow.verifyPassword(from(storm), 'a', 'b'), { code: 'overloaded' })
})

t.test('one that fails gives its place back', async (t) => {
  const { slow, running } = setUp()
  const failed = slow.hashPassword(from(acme), 'x')
  const after = slow.verifyPassword(from(acme), 'verifier', 'y')
  running.shift()!.fail(new Error('thread died'))
  await t.rejects(failed, { message: 'thread died' })
  await new Promise(setImmediate)
  t.match(running[0], { name: 'verifyPassword', task: { verifier: 'verifier', password: 'y' } })
  running.shift()!.end(true)
  t.equal(await after, true)
})
