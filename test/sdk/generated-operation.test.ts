// Promise: an operation that is added to the contract is a method of the SDK without a line by hand, or refused where the
// SDK's rules cannot express it.
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../engine/root.js'

interface Contract {
  paths: Record<string, object>
}

const load = (name: string): Promise<unknown> => import(join(packageRoot, 'scripts/generate', name))
const { readContract } = (await load('read-contract.mjs')) as {
  readonly readContract: (folder: string) => Contract
}
const { sdkSources } = (await load('sdk.mjs')) as {
  readonly sdkSources: (contract: Contract) => ReadonlyMap<string, string>
}

const contract = readContract(join(packageRoot, 'openapi'))
const json = (schema: object) => ({ 'application/json': { schema } })
const user = { $ref: '#/components/schemas/User' }

/** The sources for the contract with this operation, at `/api/v1/groups/{groupId}/people`. */
const sourcesWith = (method: string, operation: object, sdk = 'groups.people') =>
  sdkSources({
    ...contract,
    paths: {
      ...contract.paths,
      '/api/v1/groups/{groupId}/people': {
        [method]: {
          operationId: 'groupPeople',
          tags: ['users'],
          summary: 'People of a group',
          'x-rppam': { sdk, plane: 'tenant', errors: ['forbidden'] },
          ...operation,
        },
      },
    },
  })

const groupId = { name: 'groupId', in: 'path', required: true, schema: { type: 'string' } }
const inQuery = (name: string, required = false, type = 'string') => ({
  name,
  in: 'query',
  required,
  schema: { type },
})
const answered = (schema: object) => ({ responses: { 200: { content: json(schema) } } })

t.test('a read, with what it needs and what it may take', async (t) => {
  const parameters = [groupId, inQuery('period', true), inQuery('limit', false, 'integer')]
  const sources = sourcesWith('get', { parameters, ...answered({ type: 'array', items: user }) })
  t.match(
    sources.get('tenant.ts'),
    'async people(groupId: string, period: string, options: GroupPeopleOptions = {}): Promise<User[]> {',
  )
  t.match(sources.get('tenant.ts'), 'readonly groups: GroupsCalls')
  t.match(sources.get('tenant.ts'), 'this.groups = new GroupsCalls(caller)')
  t.match(sources.get('calls.ts'), "caller.read('groupPeople',")
  t.match(sources.get('calls.ts'), 'readonly limit?: number | undefined')
  t.notMatch(sources.get('management.ts'), 'groups')
})

t.test('a write without an answer', async (t) => {
  const parameters = [groupId, { name: 'If-Match', in: 'header', schema: { type: 'string' } }]
  const requestBody = { required: true, content: json(user) }
  const operation = { parameters, requestBody, responses: { 204: {} } }
  const sources = sourcesWith('put', operation)
  t.match(
    sources.get('tenant.ts'),
    'async people(groupId: string, body: User, options: GroupPeopleOptions = {}): Promise<void> {',
  )
  t.match(sources.get('calls.ts'), "caller.write('groupPeople',")
  t.match(sources.get('calls.ts'), 'readonly ifMatch?: number | string | undefined')
})

t.test('a list that is walked, and one with a cursor', async (t) => {
  const list = answered({ type: 'array', items: user })
  const signature = 'people(groupId: string, { pageSize = defaultPageSize, ...options }'
  for (const [names, listing] of [
    [['page', 'after', 'pageSize'], "walkedListing('groupPeople', pageSize,"],
    [['limit', 'after'], "cursorListing('groupPeople',"],
  ] as const) {
    const parameters = [groupId, ...names.map((name) => inQuery(name))]
    const text = sourcesWith('get', { parameters, ...list }).get('tenant.ts')
    t.match(text, signature)
    t.match(text, listing)
  }
})

t.test('what is beyond the rules', async (t) => {
  const parameters = [groupId]
  const refused = (operation: object, message: string | RegExp) =>
    t.throws(() => sourcesWith('get', { parameters, ...operation }), { message })
  refused(answered({ type: 'object' }), /^groupPeople: a schema .* must have a name/)
  refused(
    { responses: { 200: { content: { 'application/octet-stream': {} } } } },
    /^groupPeople: the SDK does not read application\/octet-stream/,
  )
  refused(
    { responses: { 200: { content: json(user) }, 204: {} } },
    /^groupPeople: the SDK answers one type/,
  )
})
