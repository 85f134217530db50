// Calls between threads: answered or rejected, never forgotten; errors keep their code, bytes move.
import { MessageChannel } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { ApiError } from '../../../engine/errors.js'
import { type Methods, type Remote, connect, moving, serve } from '../../../engine/task/rpc.js'

const between = <M extends Methods>(t: Test, methods: M) => {
  const { port1, port2 } = new MessageChannel()
  t.teardown(() => (port1.close(), port2.close()))
  serve(port1, methods)
  return { remote: connect<M>(port2), served: port1, port: port2 }
}

t.test('answers, in whatever order they come', async (t) => {
  let first = (_: string): void => undefined
  const { remote } = between(t, {
    slow: () => new Promise<string>((resolve) => (first = resolve)),
    add: (a: number, b: number) => a + b,
  })
  const slow = remote.slow()
  t.equal(await remote.add(1, 2), 3)
  first('at last')
  t.equal(await slow, 'at last')
})

t.test("an API error keeps its code and detail, another one is no API error's", async (t) => {
  const { remote } = between(t, {
    refuse: (): void => {
      throw new ApiError('not_found', 'no such thing')
    },
    break: (): void => {
      throw new TypeError('not_found')
    },
    odd: () => Promise.reject('text'),
  })
  const refused = await remote.refuse().catch((error: unknown) => error)
  t.ok(refused instanceof ApiError)
  t.match(refused, { code: 'not_found', detail: 'no such thing', status: 404 })
  const broken = await remote.break().catch((error: unknown) => error)
  t.notOk(broken instanceof ApiError)
  t.match(broken, { message: 'not_found' })
  await t.rejects(remote.odd(), { message: 'unknown' })
})

t.test('a method that is not in the table, whatever its name', async (t) => {
  const { remote } = between<Methods>(t, {})
  for (const name of ['gone', 'constructor', 'toString', '__proto__', 'hasOwnProperty'])
    await t.rejects(remote[name]!(), { message: `no method ${name}` })
})

t.test('what moves is gone on the other side', async (t) => {
  const key = new ArrayBuffer(32)
  new Uint8Array(key).fill(7)
  const { remote } = between(t, { key: () => moving({ key }, [key]) })
  const answer = await remote.key()
  t.equal(new Uint8Array(answer.key)[31], 7)
  t.equal(key.byteLength, 0, 'no copy stays')
})

t.test('an answer that cannot cross is an error, not silence', async (t) => {
  const { remote } = between(t, { closure: () => (): void => undefined })
  await t.rejects(remote.closure(), { message: /could not be cloned/ })
})

t.test('an argument that cannot cross rejects, and the next call goes', async (t) => {
  const { remote } = between(t, { echo: (value: unknown) => value })
  await t.rejects(
    remote.echo(() => undefined),
    { name: 'DataCloneError' },
  )
  t.equal(await remote.echo('x'), 'x')
})

t.test('one port serves and calls at once', async (t) => {
  const { port1, port2 } = new MessageChannel()
  t.teardown(() => port1.close())
  serve(port1, { side: () => 'one' })
  serve(port2, { side: () => 'two' })
  type Side = { side(): string }
  const [toTwo, toOne] = [connect<Side>(port1), connect<Side>(port2)]
  t.same(await Promise.all([toOne.side(), toTwo.side(), toOne.side()]), ['one', 'two', 'one'])
})

t.test('calls under way when the port closes, and calls after that', async (t) => {
  const { remote, served } = between(t, { never: () => new Promise<void>(() => undefined) })
  const under = Promise.allSettled([remote.never(), remote.never()])
  served.close()
  t.match(await under, [
    { status: 'rejected', reason: { code: 'shutting_down' } },
    { status: 'rejected', reason: { code: 'shutting_down' } },
  ])
  await t.rejects(remote.never(), { code: 'shutting_down' })
})

t.test('a remote may be the answer of an async function', async (t) => {
  const { remote } = between(t, { ping: () => 'pong' })
  const given = await (async (): Promise<Remote<{ ping(): string }>> => remote)()
  t.equal(await given.ping(), 'pong')
})
