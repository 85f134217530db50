// A violation holds the contract's words and nothing that was submitted: no value, no key, no index (SPEC §7).
import fc from 'fast-check'
import t from 'tap'
import { operations, parseBody, validateBody } from '../../engine/task/contract.js'

const canary = 'cAnArY-7f3e'
const withBody = [...operations.values()]
  .filter(({ hasBody }) => hasBody)
  .map((one) => one.operationId)

const planted: readonly [operationId: string, body: unknown][] = [
  ['login', { tenant: 1, username: [canary], password: { [canary]: canary } }],
  ['login', { username: 'a', password: 'b', [canary]: 1 }],
  ['setUpAccount', { token: canary, password: canary }],
  ['createEntry', { name: 'a', type: canary }],
  ['createEntry', { name: `${canary}/`, type: 'note', folder: canary }],
  ['createEntry', { name: 'a', type: 'note', fields: { [canary]: 1 } }],
  ['createEntry', { name: 'a', type: 'note', fields: { [canary.repeat(20)]: canary } }],
  ['createEntry', { name: 'a', type: 'note', tags: [canary, canary] }],
  ['createUser', { username: `${canary}!`, displayName: canary, email: canary, roles: [canary] }],
  [
    'provisionTenant',
    { shortCode: `${canary}-`, displayName: '', contactEmail: canary, adminClaim: canary },
  ],
  ['readSecrets', { ids: [canary] }],
  ['readSecrets', { ids: [canary], paths: [canary] }],
  [
    'putPermissions',
    [{ principal: { type: canary, id: `${canary}!` }, folder: canary, rights: [canary] }],
  ],
  ['restoreEntry', { version: canary }],
]

for (const [operationId, body] of planted)
  t.test(`${operationId} says what is wrong without saying what was sent`, async (t) => {
    const violations = validateBody(operationId, body)
    t.ok(violations && violations.length > 0)
    t.notMatch(JSON.stringify(violations).toLowerCase(), canary.toLowerCase())
    t.notMatch(JSON.stringify(violations), /\/\d/, 'no index')
  })

t.test('whatever is sent, wherever it is put', async (t) => {
  const text = fc.constantFrom(canary, `${canary}/~1`, `\0${canary}`, `${canary}\ud800`)
  const anything = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(
        fc.oneof(text, fc.constantFrom('fields', 'name', 'ids', '__proto__')),
        tie('node'),
        { maxKeys: 4 },
      ),
    ),
  })).node
  fc.assert(
    fc.property(
      fc.constantFrom(...withBody),
      anything,
      (operationId, body) => !JSON.stringify(validateBody(operationId, body)).includes(canary),
    ),
    { numRuns: 500 },
  )
  t.pass()
})

t.test('a body that is not JSON is not quoted', async (t) => {
  const { fault } = parseBody('login', Buffer.from(`{"username": ${canary}}`))
  t.strictSame(fault, { code: 'malformed_body' })
})
