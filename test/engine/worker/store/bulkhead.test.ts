// Whoever hangs, however many, never holds all places: others are let past, and what is ended counts until it has ended.
import t from 'tap'
import { Bulkhead } from '../../../../engine/worker/store/bulkhead.js'
import { TestClock } from '../audit/fixture.js'

const options = { places: 2, slowPlaces: 2, slowMs: 100, limitMs: 2_000 }
const unavailable = { name: 'StoreError', code: 'unavailable' }
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const setUp = () => {
  const clock = new TestClock()
  const bulkhead = new Bulkhead(options, clock)
  const started: string[] = []
  /** Ends only when it is told to. */
  const hung = (key: string): Promise<void> =>
    bulkhead.run(key, (signal) => {
      started.push(key)
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      )
    })
  const quick = (key: string): Promise<string> =>
    bulkhead.run(key, async () => {
      started.push(key)
      return key
    })
  const after = async (ms: number): Promise<void> => {
    clock.time += ms
    bulkhead.sweep()
    await turn()
  }
  return { bulkhead, started, hung, quick, after }
}

const outcomes = (asked: readonly Promise<unknown>[]): Promise<string[]> =>
  Promise.all(asked.map((one) => one.then(() => 'answered').catch((e: Error) => e.message)))

t.test('200 hung ones do not stop the next', async (t) => {
  const { bulkhead, hung, quick, after } = setUp()
  const asked = Array.from({ length: 200 }, (_, n) => hung(`hung ${n}`))
  const told = outcomes(asked)
  const next = quick('well')
  await after(99)
  await after(1)
  t.equal(await next, 'well', 'as soon as one is slow')
  t.ok(bulkhead.running <= options.places + options.slowPlaces)
  await after(1_900)
  await after(1)
  t.strictSame(new Set(await told), new Set(['unavailable']), 'each within its time')
  t.equal(bulkhead.running, 0)
})

t.test('one place each: a hung one holds up its own callers alone', async (t) => {
  const { started, hung, quick, after } = setUp()
  const told = outcomes([hung('a'), hung('a'), hung('a'), hung('a')])
  t.strictSame(started, ['a'])
  t.equal(await quick('b'), 'b')
  await after(2_000)
  t.strictSame(
    await told,
    Array.from({ length: 4 }, () => 'unavailable'),
  )
  t.strictSame(started, ['a', 'b'], 'who waited as long is told the same')
})

t.test('what was ended last time has no place among the others', async (t) => {
  const { started, hung, quick, after } = setUp()
  for (const pair of [
    ['a', 'b'],
    ['c', 'd'],
  ]) {
    const first = outcomes(pair.map(hung))
    await after(2_000)
    await first
  }
  started.length = 0
  const again = outcomes(['a', 'b', 'c', 'd'].map(hung))
  t.equal(started.length, options.slowPlaces)
  t.strictSame([await quick('e'), await quick('f')], ['e', 'f'], 'at once')
  await after(2_000)
  await again
})

t.test('it is forgiven when it is well again', async (t) => {
  const { started, hung, quick, after } = setUp()
  const first = outcomes([hung('a')])
  await after(2_000)
  await first
  t.equal(await quick('a'), 'a')
  started.length = 0
  const all = outcomes(['b', 'c', 'd'].map(hung))
  const waiting = quick('a')
  await after(100)
  t.equal(await waiting, 'a', 'before those that nobody knows')
  await after(2_000)
  await all
})

t.test('a place is free only when the work has ended', async (t) => {
  const { bulkhead, after } = setUp()
  let end = (): void => undefined
  const asked = bulkhead.run('a', () => new Promise<void>((resolve) => (end = resolve)))
  const told = t.rejects(asked, unavailable)
  await after(2_000)
  await told
  t.equal(bulkhead.running, 1, 'it does not hear')
  let isSecond = false
  const second = bulkhead.run('a', async () => void (isSecond = true))
  t.notOk(isSecond)
  end()
  await second
  t.ok(isSecond)
})

t.test('errors of the work come back as they are', async (t) => {
  const { bulkhead, quick } = setUp()
  const failure = new Error('refused')
  await t.rejects(
    bulkhead.run('a', () => Promise.reject(failure)),
    failure,
  )
  t.equal(await quick('a'), 'a')
})
