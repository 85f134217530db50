// Found in an answer that hands one out, and nowhere else.
import t from 'tap'
import { issuedToken } from '../../../../engine/front/auth/issued-token.js'

const reply = (status: number, body: string | null) => ({ status, headers: {}, body })

t.test('found, as text or bytes', async (t) => {
  const body = '{"accessToken":"a.b.c","refreshToken":"rprt_"}'
  t.equal(issuedToken(reply(200, body)), 'a.b.c')
  t.equal(issuedToken({ ...reply(200, ''), body: Buffer.from(body) }), 'a.b.c')
})

t.test('none', async (t) => {
  for (const body of [null, '', 'x', 'null', '[]', '7', '{}', '{"accessToken":1}'])
    t.equal(issuedToken(reply(200, body)), null, String(body))
  t.equal(issuedToken(reply(401, '{"accessToken":"a.b.c"}')), null)
})
