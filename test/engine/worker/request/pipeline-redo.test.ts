// A decision that was overtaken is made again, on what is true now, and is never answered as it was.
import t from 'tap'
import { ApiError } from '../../../../engine/errors.js'
import { Redo } from '../../../../engine/worker/access/redo.js'
import { tenantStatus } from '../../../../engine/worker/context/tenant-state.js'
import {
  type PermissionRule,
  loadPermissions,
  replacePermissions,
} from '../../../../engine/worker/access/permissions.js'
import { updateEntry } from '../../../../engine/worker/vault/entry.js'
import { updateUser } from '../../../../engine/worker/identity/user.js'
import { TestTenant, contentOf } from '../../../support/tenant-context.js'
import { ask, callsOf, itemOf, pipelineOf } from './pipeline-fixture.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const admin = await tenant.signedIn(['pam_admin'])
  const entry = await tenant.addEntry()
  const calls = callsOf(tenant)
  const read = () => calls.signedIn(admin.claims, 'readSecret', { path: { entryId: entry.id } })
  /** Another node's change of the rules, with the epoch it raises. */
  const setRules = async (rules: readonly PermissionRule[]): Promise<void> => {
    const present = await loadPermissions(tenant.context)
    await tenant.store.put([replacePermissions(tenant.keys, present, rules, 0)])
    await tenant.changeState({ status: tenantStatus.active })
  }
  return { tenant, admin, entry, calls, read, setRules }
}

t.test('the right was taken between the decision and its event', async (t) => {
  const { tenant, read, setRules } = await setUp()
  tenant.store.beforeNext('append', () => setRules([]))
  const answer = await read()
  t.match(answer, { status: 404, json: { code: 'not_found' } })
  t.notMatch(answer.body, /hunter2/)
  t.match((await tenant.events()).at(-1), { outcome: 'denied' })
})

t.test('the right was given between the refusal and its event', async (t) => {
  const { tenant, read, setRules } = await setUp()
  const present = await loadPermissions(tenant.context)
  await setRules([])
  await tenant.observe()
  tenant.store.beforeNext('append', async () => {
    await tenant.store.put([
      replacePermissions(tenant.keys, { ...present, version: 2 }, present.rules, 0),
    ])
    await tenant.changeState({ status: tenantStatus.active })
  })
  t.equal((await read()).status, 200)
})

t.test('suspended between the decision and its event', async (t) => {
  const { tenant, read } = await setUp()
  tenant.store.beforeNext('append', () => tenant.changeState({ status: tenantStatus.suspended }))
  const answer = await read()
  t.match(answer, { status: 403, json: { code: 'tenant_suspended' } })
})

t.test('the user was disabled between the decision and its event', async (t) => {
  const { tenant, admin, read } = await setUp()
  tenant.store.beforeNext('append', async () => {
    const change = updateUser(tenant.keys, admin.user, { access: { status: 'disabled' } }, 0)
    await tenant.store.put([change])
    await tenant.changeState({ status: tenantStatus.active })
  })
  t.equal((await read()).status, 401)
})

t.test('the entry was changed: what is answered is the new one', async (t) => {
  const { tenant, entry, read } = await setUp()
  await read()
  const [row] = await tenant.store.read('vault_entry', [entry.id])
  const next = contentOf({ fields: { password: 'new' } })
  await tenant.store.put(updateEntry(tenant.keys, row!, next, 0, 0).changes)
  t.match(await read(), { status: 200, json: { version: 2, fields: { password: 'new' } } })
})

t.test('the entry was deleted', async (t) => {
  const { tenant, entry, read } = await setUp()
  await read()
  const [row] = await tenant.store.read('vault_entry', [entry.id])
  await tenant.store.put(updateEntry(tenant.keys, row!, contentOf(), 1, 0).changes)
  t.equal((await read()).status, 404)
})

t.test('a write decided on an old epoch is decided again', async (t) => {
  const { tenant, admin, entry, calls, setRules } = await setUp()
  tenant.store.beforeNext('commit', () => setRules([]))
  const answer = await calls.signedIn(admin.claims, 'updateEntry', {
    path: { entryId: entry.id },
    body: { name: 'renamed' },
  })
  t.equal(answer.status, 404)
  t.equal((await tenant.store.read('vault_entry', [entry.id]))[0]?.version, 1)
})

t.test('the body is parsed once: its bytes are gone afterwards', async (t) => {
  const { tenant, admin, setRules } = await setUp()
  const rules = (await loadPermissions(tenant.context)).rules
  tenant.store.beforeNext('commit', () => setRules(rules))
  const body = { name: 'made', type: 'password', fields: { password: 'hunter2' } }
  const item = itemOf('createEntry', admin.claims, tenant.tenant, { body })
  t.match(await ask(pipelineOf(tenant), item), { status: 201, json: { name: 'made' } })
  t.ok(item.body?.every((byte) => byte === 0))
})

t.test('changes that keep coming: a conflict, or what the operation says', async (t) => {
  const { tenant, admin } = await setUp()
  let attempts = 0
  const handlerThat = (error: Redo) =>
    new Map([
      [
        'getTenant',
        {
          operationId: 'getTenant',
          audited: { action: 'tenant.read' },
          handle: () => {
            attempts++
            return Promise.reject(error)
          },
        },
      ],
    ]) as never
  const run = (error: Redo) =>
    ask(
      pipelineOf(tenant, { handlers: handlerThat(error) }),
      itemOf('getTenant', admin.claims, tenant.tenant),
    )
  t.match(await run(new Redo()), { status: 503, json: { code: 'overloaded' } })
  t.equal(attempts, 8)
  const otherwise = new ApiError('precondition_failed')
  t.match(await run(new Redo(otherwise)), { status: 412 })
})

t.test('an attempt that is made again tells nothing twice', async (t) => {
  const { tenant, read, setRules } = await setUp()
  const { rules } = await loadPermissions(tenant.context)
  const before = (await tenant.events()).length
  tenant.store.beforeNext('append', () => setRules(rules))
  t.equal((await read()).status, 200)
  const recorded = (await tenant.events()).slice(before)
  t.match(recorded, [{ action: 'vault.secret.read', outcome: 'success' }])
  t.equal(recorded.length, 1)
})

t.test(
  'a burst of changes ends one after the other, and who reads meanwhile is answered',
  async (t) => {
    const { tenant, admin, calls, read } = await setUp()
    const entryId = (await tenant.addEntry({ name: 'hot' })).id
    const body = (i: number) => ({
      username: `user-${i}`,
      displayName: 'A user',
      email: 'user@acme.example',
      roles: ['pam_user'],
    })
    const each = <T>(call: (i: number) => Promise<T>) =>
      Array.from({ length: 30 }, (_, i) => call(i))
    const answers = await Promise.all([
      ...each((i) => calls.signedIn(admin.claims, 'createUser', { body: body(i) })),
      ...each((i) =>
        calls.signedIn(admin.claims, 'updateEntry', {
          path: { entryId },
          body: { fields: { password: `${i}` } },
        }),
      ),
      ...each(read),
    ])
    t.same(
      answers.map(({ status }) => status),
      answers.map((_, i) => (i < 30 ? 201 : 200)),
    )
  },
)

t.test(
  'two that are refused alike in one batch are told twice, also when it is made again',
  async (t) => {
    const { tenant, admin, calls, setRules } = await setUp()
    const { rules } = await loadPermissions(tenant.context)
    const before = (await tenant.events()).length
    tenant.store.beforeNext('append', () => setRules(rules))
    const paths = ['/prod/gone', '/prod/lost']
    const answer = await calls.signedIn(admin.claims, 'readSecrets', { body: { paths } })
    t.equal(answer.status, 200)
    const recorded = (await tenant.events()).slice(before)
    t.same(
      recorded.map(({ outcome }) => outcome),
      ['denied', 'denied'],
    )
    t.same(recorded.map(({ detail }) => (detail as { path?: string }).path).sort(), paths)
  },
)
