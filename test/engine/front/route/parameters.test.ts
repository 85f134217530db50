// Parameters are strict: what is unknown, repeated, badly encoded or out of range is a violation, and none echoes.
import fc from 'fast-check'
import t from 'tap'
import { readParameters } from '../../../../engine/front/route/parameters.js'
import { operationOf } from '../../../../engine/task/contract.js'

const id = '0197a1c2-7d3e-7c41-9b55-3f6f0c1d2e4a'
const tenants = operationOf('listTenants')
const query = (operationId: string, raw: string, params = {}) =>
  readParameters(operationOf(operationId), params, raw)
const pointers = (operationId: string, raw: string, params = {}): string[] =>
  query(operationId, raw, params).violations.map(({ pointer }) => pointer)

t.test('defaults are filled in, values converted', async (t) => {
  t.strictSame(readParameters(tenants, {}, '').query, { page: 1, pageSize: 25 })
  t.strictSame(readParameters(tenants, {}, 'pageSize=200&status=active&page=3').query, {
    page: 3,
    pageSize: 200,
    status: 'active',
  })
  t.strictSame(query('verifyAudit', 'deep=true').query, { deep: true })
  t.strictSame(query('listEntries', 'folder=%2Fprod+db%2F%C3%A9').query['folder'], '/prod db/é')
  t.strictSame(
    query('getAuditSummary', 'from=2026-01-31T10:00:00%2B01:00', { tenantId: id }).query['from'],
    '2026-01-31T09:00:00.000Z',
  )
})

const refused: readonly [operationId: string, raw: string, pointer: string][] = [
  ['listTenants', 'page=0', '/query/page'],
  ['listTenants', 'page=-1', '/query/page'],
  ['listTenants', 'page=1.5', '/query/page'],
  ['listTenants', 'page=01', '/query/page'],
  ['listTenants', 'page=+1', '/query/page'],
  ['listTenants', 'page=1e2', '/query/page'],
  ['listTenants', 'page=0x1', '/query/page'],
  ['listTenants', 'page=', '/query/page'],
  ['listTenants', 'page', '/query/page'],
  ['listTenants', 'page=9007199254740993', '/query/page'],
  ['listTenants', 'pageSize=201', '/query/pageSize'],
  ['listTenants', 'page=1&page=1', '/query/page'],
  ['listTenants', 'page=1&%70age=2', '/query/page'],
  ['listTenants', `page=1&after=${id}`, '/query/after'],
  ['listUsers', `after=${id}&pageSize=2&page=1`, '/query/after'],
  ['listEntries', `page=1&after=${id}`, '/query/after'],
  ['listEntries', 'after=', '/query/after'],
  ['listEntries', 'after=b', '/query/after'],
  ['listTenants', 'status=Active', '/query/status'],
  ['listTenants', 'status=constructor', '/query/status'],
  ['listTenants', 'x=1', '/query'],
  ['listTenants', '__proto__=1', '/query'],
  ['listTenants', 'PAGE=1', '/query'],
  ['listTenants', '%=1', '/query'],
  ['listEntries', 'name=%', '/query/name'],
  ['listEntries', 'name=%ff', '/query/name'],
  ['listEntries', 'name=%ed%a0%80', '/query/name'],
  ['listEntries', 'name=%00', '/query/name'],
  ['listEntries', 'name=a%0d%0ab', '/query/name'],
  ['listEntries', 'name=', '/query/name'],
  ['listEntries', `name=${'x'.repeat(101)}`, '/query/name'],
  ['listEntries', 'deleted=1', '/query/deleted'],
  ['listEntries', 'deleted=TRUE', '/query/deleted'],
  ['readSecretByPath', '', '/query/path'],
  ['readSecretByPath', 'path=prod', '/query/path'],
]
for (const [operationId, raw, pointer] of refused)
  t.test(`${operationId}?${raw.slice(0, 40)} is refused`, async (t) => {
    t.strictSame(pointers(operationId, raw), [pointer])
  })

t.test('times', async (t) => {
  for (const text of ['2026-01-31', 'yesterday', '2026-13-01T00:00:00Z', '2026-01-31T00:00:00'])
    t.strictSame(pointers('getAuditSummary', `from=${text}`, { tenantId: id }), ['/query/from'])
})

t.test('ids are UUIDs, lower-cased', async (t) => {
  t.strictSame(query('getUser', '', { userId: id.toUpperCase() }).path, { userId: id })
  for (const userId of [
    '',
    'me2',
    `${id}x`,
    `{${id}}`,
    `urn:uuid:${id}`,
    `${id}%00`,
    '%',
    '%zz',
    id.replaceAll('-', ''),
  ])
    t.strictSame(pointers('getUser', '', { userId }), ['/path/userId'], userId)
})

t.test('lengths count characters, not UTF-16 units', async (t) => {
  t.strictSame(pointers('listEntries', `name=${encodeURIComponent('😀'.repeat(100))}`), [])
  t.strictSame(pointers('listEntries', `name=${encodeURIComponent('😀'.repeat(101))}`), [
    '/query/name',
  ])
})

t.test('thousands of parameters make one violation', async (t) => {
  t.strictSame(pointers('listTenants', 'x=1&'.repeat(100_000)), ['/query'])
})

t.test('nothing that was sent comes back in a violation, and nothing throws', async (t) => {
  const canary = 'cAnArY'
  const text = fc.string().map((noise) => `${canary}${noise}${canary}`)
  const raw = fc.array(
    fc.tuple(fc.oneof(text, fc.constantFrom('page', 'name', 'path', 'status')), text),
  )
  fc.assert(
    fc.property(
      fc.constantFrom('listTenants', 'listEntries', 'readSecretByPath', 'readSecret'),
      raw,
      text,
      (operationId, pairs, value) => {
        const joined = pairs.map((pair) => pair.join('=')).join('&')
        const { violations } = query(operationId, joined, { entryId: value })
        return !JSON.stringify(violations).includes(canary)
      },
    ),
    { numRuns: 500 },
  )
  t.pass()
})
