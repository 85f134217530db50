// A refused sign-in is told by address, plane and code; one that was let in is not, and nobody's name is.
import t from 'tap'
import { gatewayWith } from './gateway-fixture.js'

t.test('each once', async (t) => {
  const { ask, refused } = gatewayWith((_item, answer) =>
    answer({ status: 401, headers: {}, body: Buffer.from('{"code":"invalid_credentials"}') }),
  )
  const body = (more: object) => JSON.stringify({ username: 'canary', password: 'canary', ...more })
  await ask('POST', '/api/v1/auth/login', { body: body({}) })
  await ask('POST', '/api/v1/auth/login', { body: body({ tenant: 'acme' }) })
  t.match(refused, [
    { plane: 'management', code: 'invalid_credentials', address: /^[\d.:a-f]+$/ },
    { plane: 'tenant', code: 'invalid_credentials' },
  ])
  t.equal(refused.length, 2)
  t.notMatch(JSON.stringify(refused), 'canary')
})

t.test('let in', async (t) => {
  const { ask, refused } = gatewayWith()
  await ask('POST', '/api/v1/auth/login', { body: '{"username":"a","password":"b"}' })
  t.strictSame(refused, [])
})
