// Turns are taken in the order asked, one at a time, whatever becomes of the one before.
import t from 'tap'
import { Turns } from '../../../../engine/worker/context/mutex.js'

t.test('one after the other', async (t) => {
  const turns = new Turns()
  const seen: string[] = []
  let open = (): void => undefined
  const first = turns.take(async () => {
    seen.push('first begins')
    await new Promise<void>((resolve) => (open = resolve))
    seen.push('first ends')
    return 1
  })
  const second = turns.take(() => Promise.reject(new Error('failed')))
  const third = turns.take(async () => void seen.push('third'))
  await new Promise(setImmediate)
  t.same(seen, ['first begins'])
  open()
  t.equal(await first, 1)
  await t.rejects(second, { message: 'failed' })
  await third
  t.same(seen, ['first begins', 'first ends', 'third'])
})
