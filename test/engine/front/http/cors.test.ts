// Cross-origin access is off unless configured, and then for exactly the configured origins.
import t from 'tap'
import { listening, ok } from './listening.js'

const origin = 'https://portal.example'
const ask = (port: number, headers: Record<string, string>, method = 'GET'): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/a`, { method, headers })

t.test('off', async (t) => {
  const { port } = await listening(t, ok)
  const answer = await ask(port, { origin })
  t.equal(answer.headers.get('access-control-allow-origin'), null)
})

t.test('on', async (t) => {
  let reached = 0
  const { port } = await listening(
    t,
    (request, respond) => {
      reached++
      ok(request, respond)
    },
    { corsOrigins: [origin] },
  )
  const allowed = await ask(port, { origin })
  t.equal(allowed.headers.get('access-control-allow-origin'), origin)
  t.equal(allowed.headers.get('vary'), 'Origin')
  t.equal(allowed.headers.get('access-control-allow-credentials'), null)
  for (const other of ['https://evil.example', `${origin}.evil`, 'null', `${origin}/`]) {
    const refused = await ask(port, { origin: other })
    t.equal(refused.headers.get('access-control-allow-origin'), null, other)
  }
  const before = reached
  const preflight = await ask(port, { origin, 'access-control-request-method': 'PUT' }, 'OPTIONS')
  t.equal(preflight.status, 204)
  t.match(preflight.headers.get('access-control-allow-headers'), /Authorization/)
  t.equal(reached, before, 'a preflight reaches no handler')
})
