// A port belongs to one listener.
import t from 'tap'
import { listening, ok } from './listening.js'

t.test('the second is refused', async (t) => {
  const { port } = await listening(t, ok)
  t.ok(port > 0)
  await t.rejects(listening(t, ok, { port }), /cannot listen on 127\.0\.0\.1 port \d+/)
})
