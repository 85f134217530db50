// What bodies may be: SPEC's lengths and patterns, closed objects, no polluting keys, only Unicode.
import t from 'tap'
import { parseBody, validateBody } from '../../engine/task/contract.js'

const entry = {
  name: 'root',
  folder: '/prod/db',
  type: 'database',
  fields: { password: 'x' },
  tags: [],
}
const tenant = { shortCode: 'acme-corp', displayName: 'Acme', contactEmail: 'it@acme.example' }
const password = 'twelve chars'

const accepted: readonly [operationId: string, body: unknown][] = [
  ['createEntry', entry],
  ['createEntry', { name: 'n', type: 'note' }],
  ['createEntry', { ...entry, folder: '/', fields: {} }],
  ['createEntry', { ...entry, fields: { note: 'x'.repeat(65536) } }],
  ['createEntry', { ...entry, name: '😀'.repeat(100) }],
  ['createEntry', { ...entry, fields: { text: 'line\nline\0end' } }],
  ['updateEntry', { tags: ['a'] }],
  ['provisionTenant', tenant],
  ['provisionTenant', { ...tenant, shortCode: 'A1b', modules: ['ad', 'ssh', 'database'] }],
  ['provisionTenant', { ...tenant, adminClaim: 'aB'.repeat(32) }],
  ['setUpAccount', { token: 'rpst_x', password }],
  ['setUpAccount', { tenant: 'acme', claim: `rpcl_${'A'.repeat(39)}`, password }],
  ['createUser', { username: 'Alice+1@x.y', displayName: 'A', email: 'a@b.cd', roles: [] }],
  ['putPermissions', []],
]
for (const [operationId, body] of accepted)
  t.test(`${operationId} accepts ${JSON.stringify(body).slice(0, 60)}`, async (t) => {
    t.equal(validateBody(operationId, body), null)
  })

const refused: readonly [operationId: string, body: unknown, pointer: string][] = [
  ['createEntry', null, ''],
  ['createEntry', [], ''],
  ['createEntry', { type: 'note' }, '/name'],
  ['createEntry', { ...entry, name: '' }, '/name'],
  ['createEntry', { ...entry, name: 'x'.repeat(101) }, '/name'],
  ['createEntry', { ...entry, name: 'a/b' }, '/name'],
  ['createEntry', { ...entry, folder: 'prod' }, '/folder'],
  ['createEntry', { ...entry, folder: '/prod/' }, '/folder'],
  ['createEntry', { ...entry, folder: '//' }, '/folder'],
  ['createEntry', { ...entry, folder: '/'.padEnd(256, 'x') }, '/folder'],
  ['createEntry', { ...entry, type: 'other' }, '/type'],
  ['createEntry', { ...entry, fields: { a: 1 } }, '/fields/*'],
  ['createEntry', { ...entry, fields: { a: null } }, '/fields/*'],
  ['createEntry', { ...entry, fields: { '': 'x' } }, '/fields/*'],
  ['createEntry', { ...entry, tags: [''] }, '/tags/*'],
  ['createEntry', { ...entry, tags: ['a', 'a'] }, '/tags'],
  ['createEntry', { ...entry, tags: Array.from({ length: 51 }, (_, i) => `${i}`) }, '/tags'],
  ['createEntry', { ...entry, id: 'x' }, ''],
  ['createEntry', { ...entry, fields: { a: '\ud800' } }, ''],
  ['createEntry', { ...entry, fields: { '\udfff': 'a' } }, ''],
  ['updateEntry', {}, ''],
  ['provisionTenant', { ...tenant, shortCode: 'ab' }, '/shortCode'],
  ['provisionTenant', { ...tenant, shortCode: 'a'.repeat(21) }, '/shortCode'],
  ['provisionTenant', { ...tenant, shortCode: '-acme' }, '/shortCode'],
  ['provisionTenant', { ...tenant, shortCode: 'acme-' }, '/shortCode'],
  ['provisionTenant', { ...tenant, shortCode: 'ac--me' }, '/shortCode'],
  ['provisionTenant', { ...tenant, shortCode: 'acmé' }, '/shortCode'],
  ['provisionTenant', { ...tenant, shortCode: 'acme\n' }, '/shortCode'],
  ['provisionTenant', { ...tenant, displayName: 'a\0' }, '/displayName'],
  ['provisionTenant', { ...tenant, contactEmail: 'nobody' }, '/contactEmail'],
  ['provisionTenant', { ...tenant, contactEmail: `it@${'a.'.repeat(130)}cd` }, '/contactEmail'],
  ['provisionTenant', { ...tenant, modules: ['ad', 'ad'] }, '/modules'],
  ['provisionTenant', { ...tenant, modules: ['ldap'] }, '/modules/*'],
  ['provisionTenant', { ...tenant, maxUsers: '5' }, '/maxUsers'],
  ['provisionTenant', { ...tenant, maxUsers: 1.5 }, '/maxUsers'],
  ['provisionTenant', { ...tenant, adminClaim: 'a'.repeat(63) }, '/adminClaim'],
  ['setUpAccount', { token: 'rpst_x', password: 'eleven char' }, '/password'],
  ['setUpAccount', { password }, '/token'],
  ['login', { username: 'a' }, '/password'],
  ['login', { username: 'a', password: 'x'.repeat(1025) }, '/password'],
  ['createUser', { username: 'a b', displayName: 'A', email: 'a@b.cd', roles: [] }, '/username'],
  [
    'createUser',
    { username: 'ab', displayName: 'A', email: 'a@b.cd', roles: ['msp_admin'] },
    '/roles/*',
  ],
  ['readSecrets', { ids: [] }, '/ids'],
  [
    'readSecrets',
    {
      ids: Array.from(
        { length: 101 },
        (_, i) => `0197a1c2-7d3e-7c41-9b55-${String(i).padStart(12, '0')}`,
      ),
    },
    '/ids',
  ],
  ['readSecrets', { ids: ['urn:uuid:0197a1c2-7d3e-7c41-9b55-3f6f0c1d2e4a'] }, '/ids/*'],
  [
    'putPermissions',
    [{ principal: { type: 'role', id: 'pam_user' }, folder: '/', rights: ['own'] }],
    '/*/rights/*',
  ],
]
for (const [operationId, body, pointer] of refused)
  t.test(
    `${operationId} refuses ${JSON.stringify(body).slice(0, 60)} at ${pointer || 'the body'}`,
    async (t) => {
      const pointers = validateBody(operationId, body)?.map((one) => one.pointer)
      t.strictSame(pointers, [pointer])
    },
  )

for (const key of ['__proto__', 'constructor', 'prototype'])
  t.test(`the key ${key} is refused wherever it stands`, async (t) => {
    const inMap = `{"name":"a","type":"note","fields":{"${key}":"x"}}`
    const atTop = `{"name":"a","type":"note","${key}":{}}`
    for (const text of [inMap, atTop])
      t.equal(parseBody('createEntry', Buffer.from(text)).fault?.code, 'validation_failed')
    t.equal(({} as Record<string, unknown>)['x'], undefined)
  })

t.test('several violations are told together, a flood is not', async (t) => {
  t.equal(validateBody('createUser', {})?.length, 4)
  const flood = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, i]))
  t.ok(validateBody('createEntry', { ...entry, fields: flood })!.length <= 20)
})

t.test('bytes', async (t) => {
  t.equal(
    parseBody('login', Buffer.from([0x22, 0xff, 0x22])).fault?.code,
    'malformed_body',
    'not UTF-8',
  )
  t.equal(
    parseBody('login', Buffer.from('')).fault?.code,
    'validation_failed',
    'a body is required',
  )
  t.equal(parseBody('login', null).fault?.code, 'validation_failed')
  t.equal(parseBody('createEntry', Buffer.from('['.repeat(500_000))).fault?.code, 'malformed_body')
  const nested = '['.repeat(100_000) + ']'.repeat(100_000)
  t.equal(parseBody('createEntry', Buffer.from(nested)).fault?.code, 'validation_failed', 'deep')
  t.strictSame(parseBody('restoreEntry', null), { value: undefined, fault: null })
  t.strictSame(parseBody('restoreEntry', Buffer.from('{"version":2}')), {
    value: { version: 2 },
    fault: null,
  })
})
