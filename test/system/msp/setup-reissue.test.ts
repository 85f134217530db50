// New set-up tokens for one tenant, several asked for at once: the one that works is known to the provider.
import t from 'tap'
import { apiOf, signInAdmin, tenantPassword } from '../../support/api.js'
import { ownCode, sharedEngine } from '../../support/shared.js'

t.test('asked for at once', async (t) => {
  const engine = await sharedEngine(t)
  const call = apiOf(engine.url)
  const token = await signInAdmin(engine)
  const body = { shortCode: ownCode('acme'), displayName: 'Acme', contactEmail: 'it@acme.example' }
  const made = await call('POST', 'msp/tenants', { token, body, headers: { prefer: 'wait=60' } })
  const { id, operationId } = made.body
  const operation = await call('GET', `msp/operations/${operationId}`, { token })
  const promised = operation.body['result']!['setupToken']!
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => call('POST', `msp/tenants/${id}/setup-token`, { token })),
  )
  const issued = answers.filter(({ status }) => status === 201)
  t.ok(issued.length > 0)
  for (const { status, body } of answers)
    if (status !== 201) t.strictSame([status, body['code']], [409, 'conflict'])
  const claim = (setup: string) =>
    call('POST', 'auth/setup', { body: { token: setup, password: tenantPassword } })
  const tokens = [promised, ...issued.map(({ body }) => body['setupToken']!)]
  const claims = []
  for (const setup of tokens) claims.push(await claim(setup))
  const before = issued.length
  const statuses = claims.map(({ status }) => status)
  t.strictSame(statuses, [...Array.from({ length: before }, () => 401), 200], 'the last one works')
  const accessToken = claims.at(-1)!.body['accessToken']!
  const { setup } = (await call('GET', 'tenant', { token: accessToken })).body
  t.strictSame(
    [...setup!].map(({ usedUtc }) => usedUtc !== null),
    [...Array.from({ length: before }, () => false), true],
    'each is on record, and that the last one was used',
  )
})
