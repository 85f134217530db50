// What takes longer than its limit is not waited for, and how it ends is nobody's concern.
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { within } from '../../engine/within.js'

t.test('work that ends, work that fails', async (t) => {
  await within(600_000, Promise.resolve(1))
  await within(600_000, Promise.reject(new Error('failed')))
  t.pass('neither is waited for any longer')
})

t.test('work that never ends', async (t) => {
  await within(1, new Promise(() => undefined))
  t.pass('given up')
})

t.test('work that fails later', async (t) => {
  const failing = delay(5).then(() => Promise.reject(new Error('later')))
  await within(1, failing)
  await failing.catch(() => undefined)
  t.pass('is nobody’s unhandled rejection')
})
