// The end is asked for once; an echo of the signal changes nothing, one that comes later cuts the drain short. There is
// never a moment without a listener.
import { EventEmitter } from 'node:events'
import t, { type Test } from 'tap'
import { Ending, type Cause, type Host } from '../../engine/grace.js'

const hosted = (t: Test) => {
  const host = new EventEmitter()
  const exits: number[] = []
  let left: () => void = () => undefined
  const exited = new Promise<void>((resolve) => (left = resolve))
  const exit = (code: number): void => (exits.push(code), left())
  const time = { now: 0 }
  const ending = new Ending(Object.assign(host, { exit }) as unknown as Host, {
    now: () => time.now,
  })
  t.teardown(() => host.removeAllListeners())
  return { host, exits, exited, time, ending }
}

/** A drain that ends when it is told to. */
const held = () => {
  const causes: Cause[] = []
  let release = (): void => undefined
  const gate = new Promise<void>((resolve) => (release = resolve))
  return { causes, release: () => release(), drain: (cause: Cause) => (causes.push(cause), gate) }
}

t.test('echoes', async (t) => {
  const { host, exits, exited, time, ending } = hosted(t)
  const { causes, drain, release } = held()
  ending.drainBy(drain)
  for (const at of [0, 0, 1, 2, 999]) {
    time.now = at
    host.emit('SIGINT')
    t.equal(host.listenerCount('SIGINT'), 1)
  }
  t.strictSame([causes, exits], [[{ signal: 'SIGINT' }], []])
  release()
  await exited
  t.strictSame(exits, [0])
})

t.test('a second signal after a second', async (t) => {
  const { host, exits, time, ending } = hosted(t)
  ending.drainBy(held().drain)
  host.emit('SIGINT')
  time.now = 1_000
  host.emit('SIGTERM')
  t.strictSame(exits, [1])
})

t.test('before there is anything to drain', async (t) => {
  const { host, exits, exited, ending } = hosted(t)
  const never = new Promise<never>(() => undefined)
  t.equal(await ending.unlessAsked(Promise.resolve('made')), 'made')
  const given = t.rejects(ending.unlessAsked(never), { name: 'EndedEarly' })
  host.emit('SIGTERM')
  await given
  t.throws(() => ending.throwIfAsked(), { name: 'EndedEarly' })
  t.strictSame(ending.cause, { signal: 'SIGTERM' })
  const { causes, drain, release } = held()
  ending.drainBy(drain)
  release()
  await exited
  t.strictSame([causes, exits], [[{ signal: 'SIGTERM' }], [0]])
})

t.test('an error that nobody caught, and a drain that fails', async (t) => {
  const first = hosted(t)
  first.ending.drainBy(() => Promise.resolve())
  first.host.emit('uncaughtException', new Error('lost'))
  await first.exited
  t.strictSame(first.exits, [1])
  const second = hosted(t)
  second.ending.drainBy(() => Promise.reject(new Error('hung')))
  second.host.emit('SIGTERM')
  await second.exited
  t.strictSame(second.exits, [1])
})
