// Promise: a write is sent once, whatever happens: whether it was carried out cannot be known.
import t from 'tap'
import { NetworkError } from '../../sdk/src/index.js'
import { managementGround, id, rejection, tenantGround } from './support/clients.js'
import { type Answering, problem } from './support/server.js'

const entries = '/api/v1/vault/entries'
const busy: Answering = () => problem(503, 'overloaded', { 'retry-after': '1' })
const drop: Answering = () => 'drop'

for (const [name, answer, expected] of [
  ['503', busy, { code: 'overloaded' }],
  ['429', () => problem(429, 'rate_limited'), { code: 'rate_limited' }],
  ['a dropped connection', drop, { name: 'NetworkError' }],
] as const)
  t.test(`after ${name}`, async (t) => {
    const routes = [
      `POST ${entries}`,
      `PUT ${entries}/${id}`,
      `DELETE ${entries}/${id}`,
      `POST ${entries}/${id}/restore`,
      'PUT /api/v1/vault/permissions',
      'POST /api/v1/users',
    ]
    const { server, clock, client } = await tenantGround(
      t,
      Object.fromEntries(routes.map((route) => [route, answer])),
    )
    const user = { username: 'bob', displayName: 'Bob', email: 'bob@acme.example', roles: [] }
    const { vault } = client
    const writes = [
      () => vault.create({ name: 'root', type: 'database' }),
      () => vault.update(id, { name: 'r' }),
      () => vault.delete(id),
      () => vault.restore(id),
      () => vault.setPermissions([]),
      () => client.users.create(user),
    ]
    for (const write of writes) t.match(await rejection(write()), expected)
    for (const route of routes) t.equal(server.count(route), 1, route)
    t.strictSame(clock.slept, [], 'nobody waited')
  })

t.test('provisioning too', async (t) => {
  const { server, client } = await managementGround(t, { 'POST /api/v1/msp/tenants': drop })
  const tenant = { shortCode: 'acme', displayName: 'Acme', contactEmail: 'it@acme.example' }
  t.type(await rejection(client.tenants.provision(tenant)), NetworkError)
  t.equal(server.count('POST /api/v1/msp/tenants'), 1)
})
