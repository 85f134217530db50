// Rights are inherited down whole folders, default to none, and come from one sealed set.
import fc from 'fast-check'
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import type { Principal } from '../../../../engine/worker/access/principal.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import {
  type PermissionRule,
  type Right,
  demand,
  loadPermissions,
  replacePermissions,
  rightsIn,
} from '../../../../engine/worker/access/permissions.js'
import { TestTenant, flipped } from '../../../support/tenant-context.js'

const alice: Principal = {
  type: 'user',
  id: newId(),
  name: 'alice',
  roles: ['pam_user'],
  session: newId(),
}
const ofAlice = { type: 'user', id: alice.id } as const

const rights = (
  rules: readonly PermissionRule[],
  folder: string,
  principal: Principal = alice,
): Right[] => [...rightsIn({ version: 1, rules }, principal, folder)].sort()

const on = (folder: string): PermissionRule[] => [
  { principal: ofAlice, folder, rights: ['list', 'read'] },
]

t.test('a folder covers itself and what is below it, never what merely begins alike', async (t) => {
  for (const folder of ['/prod', '/prod/db', '/prod/db/x'])
    t.same(rights(on('/prod'), folder), ['list', 'read'], folder)
  for (const folder of ['/production', '/prod-2', '/prod2/db', '/pro', '/', '/dev/prod', '/PROD'])
    t.same(rights(on('/prod'), folder), [], folder)
})

t.test('the root covers all', async (t) => {
  for (const folder of ['/', '/a', '/a/b']) t.same(rights(on('/'), folder), ['list', 'read'])
})

t.test('nothing without a rule', async (t) => {
  t.same(rights([], '/'), [])
})

t.test('rules add up; a narrower one takes nothing away', async (t) => {
  const rules: PermissionRule[] = [
    { principal: ofAlice, folder: '/', rights: ['list', 'read'] },
    { principal: { type: 'role', id: 'pam_user' }, folder: '/prod', rights: ['write'] },
    { principal: ofAlice, folder: '/prod/db', rights: ['list'] },
  ]
  t.same(rights(rules, '/prod/db'), ['list', 'read', 'write'])
  t.same(rights(rules, '/dev'), ['list', 'read'])
})

t.test('who is meant: type and id together', async (t) => {
  const rule = (principal: PermissionRule['principal']): PermissionRule[] => [
    { principal, folder: '/', rights: ['read'] },
  ]
  t.same(rights(rule({ type: 'user', id: newId() }), '/'), [])
  t.same(rights(rule({ type: 'service-account', id: alice.id }), '/'), [])
  t.same(rights(rule({ type: 'role', id: alice.id }), '/'), [])
  t.same(rights(rule({ type: 'role', id: 'pam_admin' }), '/'), [])
  t.same(rights(rule({ type: 'user', id: 'pam_user' }), '/'), [], "a role's name is no user")
  const robot: Principal = { ...alice, type: 'service-account' }
  t.same(rights(rule({ type: 'service-account', id: alice.id }), '/', robot), ['read'])
  t.same(rights(rule(ofAlice), '/', robot), [])
  const msp: Principal = { ...alice, type: 'msp-admin', roles: ['msp_admin'] }
  t.same(rights(rule(ofAlice), '/', msp), [])
})

t.test(
  'decided once a principal, set and folder; another set or principal decides anew',
  async (t) => {
    const [set, other] = [
      { version: 1, rules: on('/prod') },
      { version: 2, rules: [] },
    ]
    t.equal(rightsIn(set, alice, '/prod'), rightsIn(set, alice, '/prod'))
    t.same([...rightsIn(set, alice, '/dev')], [])
    t.same([...rightsIn(other, alice, '/prod')], [])
    t.same([...rightsIn(set, alice, '/prod')], ['list', 'read'])
    t.same([...rightsIn(set, { ...alice, id: newId() }, '/prod')], [])
  },
)

t.test('more folders than are kept', async (t) => {
  const set = { version: 1, rules: on('/prod') }
  for (let i = 0; i < 2_500; i++) t.same([...rightsIn(set, alice, `/dev/${i}`)], [])
  t.same([...rightsIn(set, alice, '/prod')], ['list', 'read'])
})

t.test('of any two folders one covers the other only segment by segment', async () => {
  const segment = fc.constantFrom('a', 'b', 'ab', 'a b', 'ä')
  const path = fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
  fc.assert(
    fc.property(path, path, (rule, folder) => {
      const [above, below] = [rule, folder].map((text) => text.split('/').filter(Boolean)) as [
        string[],
        string[],
      ]
      const expected = above.every((part, n) => below[n] === part)
      return rights(on(rule), folder).length > 0 === expected
    }),
  )
})

t.test(
  'without list it is not there, with list but without the right it is forbidden',
  async (t) => {
    t.throws(() => demand(new Set(), 'read'), { code: 'not_found' })
    t.throws(() => demand(new Set(['read', 'write'] as const), 'read'), { code: 'not_found' })
    t.throws(() => demand(new Set(['list'] as const), 'read'), { code: 'forbidden' })
    t.doesNotThrow(() => demand(new Set(['list', 'read'] as const), 'read'))
    t.doesNotThrow(() => demand(new Set(['list'] as const), 'list'))
  },
)

const permissionRow = '00000000-0000-7000-8000-000000000001'

t.test('the set: loaded once an epoch, replaced by version', async (t) => {
  const tenant = await TestTenant.open()
  const { context, store, keys } = tenant
  const present = await loadPermissions(context)
  t.equal(present.version, 1)
  await loadPermissions(context)
  t.equal(store.calls.get('read'), 1)
  await store.put([replacePermissions(keys, present, on('/prod'), 0)])
  await t.rejects(store.put([replacePermissions(keys, present, [], 0)]), { code: 'stale' })
  t.equal((await loadPermissions(context)).version, 1, 'until the epoch is heard of')
  await tenant.changeState()
  await tenant.observe()
  t.match(await loadPermissions(context), { version: 2, rules: on('/prod') })
})

t.test('altered or taken away: it decides nothing', async (t) => {
  const { context, store } = await TestTenant.open()
  store.tamper('permission_set', permissionRow, (row) => ({ ...row, doc: flipped(row.doc) }))
  await t.rejects(loadPermissions(context), IntegrityError)
  store.tamper('permission_set', permissionRow, () => null)
  await t.rejects(loadPermissions(context), { code: 'integrity_failure' })
})

t.test("another tenant's set does not open here", async (t) => {
  const [acme, contoso] = [await TestTenant.open(), await TestTenant.open()]
  const [theirs] = await contoso.store.read('permission_set', [permissionRow])
  acme.store.tamper('permission_set', permissionRow, () => theirs!)
  await t.rejects(loadPermissions(acme.context), IntegrityError)
})
