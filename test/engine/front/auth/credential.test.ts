// One bearer token, or none.
import t from 'tap'
import { bearerToken } from '../../../../engine/front/auth/credential.js'

t.test('taken', async (t) => {
  t.equal(bearerToken('Bearer a.b-c_d.e'), 'a.b-c_d.e')
  t.equal(bearerToken('bearer abc'), 'abc')
})

t.test('refused', async (t) => {
  const wrong = [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Basic abc',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer a,b',
    ' Bearer a',
    'Bearer  a',
    'Bearer\ta',
    'Bearer a\n',
    'Bearer ä',
    'Bearer "a"',
    `Bearer ${'a'.repeat(2048)}`,
  ]
  for (const header of wrong) t.equal(bearerToken(header), null, String(header).slice(0, 30))
})
