// What takes longer than its limit is not waited for, and how it ends is nobody's concern.
import t from 'tap'
import { withTimeout } from '../../engine/with-timeout.js'

t.test('work that ends, work that fails', async (t) => {
  t.equal(await withTimeout(600_000, Promise.resolve(1)), true)
  t.equal(await withTimeout(600_000, Promise.reject(new Error('failed'))), true)
})

t.test('work that never ends', async (t) => {
  const endless = new Promise(() => undefined)
  t.equal(await withTimeout(1, endless), false)
  t.equal(await withTimeout(-1, endless), false, 'when the time is up already')
})
