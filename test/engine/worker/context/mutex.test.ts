// Turns are given in the order asked, one at a time, whatever becomes of the one before.
import t from 'tap'
import { Mutex } from '../../../../engine/worker/context/mutex.js'

t.test('one after the other', async (t) => {
  const mutex = new Mutex()
  const seen: string[] = []
  let open = (): void => undefined
  const first = mutex.run(async () => {
    seen.push('first begins')
    await new Promise<void>((resolve) => (open = resolve))
    seen.push('first ends')
    return 1
  })
  const second = mutex.run(() => Promise.reject(new Error('failed')))
  const third = mutex.run(async () => void seen.push('third'))
  await new Promise(setImmediate)
  t.same(seen, ['first begins'])
  open()
  t.equal(await first, 1)
  await t.rejects(second, { message: 'failed' })
  await third
  t.same(seen, ['first begins', 'first ends', 'third'])
})
