// Promise: nothing that was submitted or answered in secret stands in an error, as text, as JSON or as printed by
// Node; nor in a client that is printed.
import { inspect } from 'node:util'
import t from 'tap'
import { TenantClient } from '../../sdk/src/index.js'
import { id, rejection } from './support/clients.js'
import { type Answered, contractServer, problem } from './support/server.js'

const marks = ['PASSWORD-mark', 'SECRET-mark', 'TOKEN-mark', 'CLIENT-mark', 'refresh-', 'access-']

const printed = (value: unknown): string =>
  [
    String(value),
    JSON.stringify(value),
    inspect(value, { depth: 10, showHidden: true }),
    (value as Error).stack,
  ].join('\n')

const faults: readonly [string, () => Answered | 'drop'][] = [
  ['a refusal', () => problem(400, 'validation_failed')],
  // Short: JSON.parse quotes all of it.
  ['JSON that is broken', () => ({ text: 'SECRET-mark' })],
  ['an echo of a proxy', () => ({ status: 500, text: 'SECRET-mark PASSWORD-mark TOKEN-mark' })],
  [
    'a code that is no code',
    () => ({ status: 400, json: { code: 'SECRET-mark', requestId: 'TOKEN-mark' } }),
  ],
  ['a dropped connection', () => 'drop'],
]

for (const [name, fault] of faults)
  t.test(name, async (t) => {
    const { baseUrl } = await contractServer(t, {
      'POST /api/v1/vault/entries': fault,
      'POST /api/v1/vault/secrets/read': fault,
      [`GET /api/v1/vault/entries/${id}/secret`]: fault,
      'POST /api/v1/auth/setup': fault,
      'POST /api/v1/auth/token': fault,
    })
    const shared = { baseUrl, maxAttempts: 1 }
    const client = new TenantClient({
      ...shared,
      tenant: 'acme',
      credentials: { username: 'alice', password: 'PASSWORD-mark' },
    })
    const service = new TenantClient({
      ...shared,
      credentials: { clientId: 'c', clientSecret: 'CLIENT-mark' },
    })
    const fields = { password: 'SECRET-mark' }
    const results = [
      await rejection(client.vault.create({ name: 'n', type: 'note', fields })),
      await rejection(client.vault.readSecret(id)),
      await rejection(client.vault.readSecrets({ paths: ['/SECRET-mark'] })),
      await rejection(service.tenant.get()),
      await rejection(
        TenantClient.setUp({ ...shared, token: 'TOKEN-mark', password: 'PASSWORD-mark' }),
      ),
      client,
      service,
    ]
    for (const result of results)
      for (const mark of marks) t.notMatch(printed(result), mark, `${mark} in ${String(result)}`)
  })

t.test('a token that makes no header', async (t) => {
  const { baseUrl } = await contractServer(t, {
    'POST /api/v1/auth/login': () => ({ json: { accessToken: 'TOKEN-mark\nx', expiresIn: 600 } }),
  })
  const credentials = { username: 'alice', password: 'PASSWORD-mark' }
  const error = await rejection(
    new TenantClient({ baseUrl, tenant: 'a', credentials }).tenant.get(),
  )
  t.type(error, TypeError)
  t.notMatch(printed(error), 'TOKEN-mark')
})

t.test('an address that holds a password', (t) => {
  const make = (baseUrl: string) => () =>
    new TenantClient({ baseUrl, credentials: { refreshToken: 'x' } })
  for (const baseUrl of ['http://u:PASSWORD-mark@h', 'PASSWORD-mark']) {
    try {
      make(baseUrl)()
      t.fail('it was taken')
    } catch (error) {
      t.notMatch(printed(error), 'PASSWORD-mark')
    }
  }
  t.end()
})
