// Promise: every operation of somebody who has signed in is where the contract says, on the client of its plane.
import t from 'tap'
import { contractDocument } from '../../engine/task/contract.js'
import { ManagementClient, TenantClient } from '../../sdk/src/index.js'

interface Placed {
  readonly operationId: string
  readonly 'x-rppam': { readonly plane: string; readonly sdk?: string }
}

const baseUrl = 'http://h'
const credentials = { refreshToken: 'r' }
const clients: Readonly<Record<string, readonly object[]>> = {
  tenant: [new TenantClient({ baseUrl, credentials })],
  management: [new ManagementClient({ baseUrl, credentials })],
  any: [new TenantClient({ baseUrl, credentials }), new ManagementClient({ baseUrl, credentials })],
}

const at = (client: object, place: string): unknown =>
  place.split('.').reduce<unknown>((value, name) => Object(value)[name], client)

const operations = Object.values(contractDocument.paths).flatMap((item) =>
  Object.values(item as Readonly<Record<string, Placed>>),
)

for (const { operationId, 'x-rppam': own } of operations)
  t.test(operationId, async (t) => {
    const owners = clients[own.plane] ?? []
    t.equal(own.sdk !== undefined, owners.length > 0)
    for (const client of owners) t.type(at(client, own.sdk ?? ''), 'function', own.sdk ?? '')
  })
