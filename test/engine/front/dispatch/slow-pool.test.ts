// Passwords: no more at once than may be, and owners take turns, so that one's storm is not another's.
import type { Piscina } from 'piscina'
import t from 'tap'
import { SlowPool } from '../../../../engine/front/dispatch/slow-pool.js'

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
  for (let i = 0; i < 5; i++) void slow.hashPassword('acme', `${i}`)
  t.equal(running.length, 2)
  await next()
  t.equal(running.length, 2)
})

t.test('owners take turns', async (t) => {
  const { slow, started, next } = setUp()
  for (let i = 0; i < 5; i++) void slow.hashPassword('storm', `storm ${i}`)
  void slow.hashPassword('acme', 'acme 0')
  void slow.hashPassword('acme', 'acme 1')
  void slow.hashPassword('contoso', 'contoso 0')
  for (let i = 0; i < 8; i++) await next()
  t.same(started.slice(0, 6), ['storm 0', 'storm 1', 'acme 0', 'contoso 0', 'storm 2', 'acme 1'])
  t.equal(started.length, 8)
})

t.test('more than may wait of one owner are refused, and others are not', async (t) => {
  const { slow } = setUp()
  for (let i = 0; i < 65; i++) void slow.hashPassword('storm', `${i}`)
  const refused = slow.hashPassword('storm', 'one more')
  t.ok(refused instanceof Promise)
  await t.rejects(refused, { code: 'overloaded' })
  void slow.hashPassword('acme', 'x')
  await t.rejects(slow.verifyPassword('storm', 'a', 'b'), { code: 'overloaded' })
})

t.test('one that fails gives its place back', async (t) => {
  const { slow, running } = setUp()
  const failed = slow.hashPassword('acme', 'x')
  const after = slow.verifyPassword('acme', 'verifier', 'y')
  running.shift()!.fail(new Error('thread died'))
  await t.rejects(failed, { message: 'thread died' })
  await new Promise(setImmediate)
  t.match(running[0], { name: 'verifyPassword', task: { verifier: 'verifier', password: 'y' } })
  running.shift()!.end(true)
  t.equal(await after, true)
})
