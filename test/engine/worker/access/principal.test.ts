// The token brings ids and generations; whether it lives, and what its bearer may do, the tenant's database says.
import t from 'tap'
import { installationId, newId } from '../../../../engine/ids.js'
import { authorise, knownPrincipal } from '../../../../engine/worker/access/principal.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { endSession, sessionLifetime } from '../../../../engine/worker/identity/session.js'
import { updateUser } from '../../../../engine/worker/identity/user.js'
import { tenantStatus } from '../../../../engine/worker/context/tenant-state.js'
import { TestTenant, flipped } from '../../../support/tenant-context.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const alice = await tenant.signedIn(['pam_user'], 'alice')
  const ask = (more: Partial<typeof alice.claims> = {}) =>
    authorise(tenant.context, { ...alice.claims, ...more }, tenant.clock.now())
  /** As another node would: the change, and the epoch of it heard of. */
  const elsewhere = async (change: Parameters<typeof tenant.store.put>[0][number]) => {
    await tenant.store.put([change])
    await tenant.changeState({ status: tenantStatus.active })
    await tenant.observe()
  }
  return { tenant, alice, ask, elsewhere }
}

const dead = { code: 'unauthenticated' }

t.test('who it is', async (t) => {
  const { alice, ask } = await setUp()
  t.same(await ask(), {
    type: 'user',
    id: alice.user.id,
    name: 'alice',
    roles: ['pam_user'],
    session: alice.claims.sid,
  })
})

t.test('known: the same as was asked for, as long as nothing has changed', async (t) => {
  const { tenant, alice, ask, elsewhere } = await setUp()
  const known = (more: Partial<typeof alice.claims> = {}) =>
    knownPrincipal(tenant.context, { ...alice.claims, ...more }, tenant.clock.now())
  t.equal(known(), null, 'nobody has asked')
  const principal = await ask()
  t.equal(known(), principal)
  for (const more of [{ sub: newId() }, { sid: newId() }, { gen: 2 }, { tgn: 2 }])
    t.equal(known(more), null)
  tenant.clock.time += sessionLifetime
  t.equal(known(), null, 'the session is over')
  tenant.clock.time -= sessionLifetime
  t.equal(known(), principal)
  await elsewhere(endSession(alice.claims.sid))
  t.equal(known(), null, 'another epoch')
})

t.test('of the installation it is an msp-admin', async (t) => {
  const tenant = await TestTenant.open({ tenant: installationId })
  const { claims } = await tenant.signedIn(['msp_admin'])
  t.match(await authorise(tenant.context, claims, tenant.clock.now()), { type: 'msp-admin' })
})

t.test('unknown user or session, another generation: one answer', async (t) => {
  const { tenant, ask } = await setUp()
  const bob = await tenant.signedIn()
  await t.rejects(ask({ sub: newId() }), dead)
  await t.rejects(ask({ sid: newId() }), dead)
  await t.rejects(ask({ sid: bob.claims.sid }), dead, 'the session of another user')
  await t.rejects(ask({ gen: 0 }), dead)
  await t.rejects(ask({ gen: 2 }), dead)
  await t.rejects(ask({ tgn: 0 }), dead)
  await t.rejects(ask({ tgn: 2 }), dead)
})

t.test("another tenant's token leads to nobody", async (t) => {
  const { ask } = await setUp()
  const other = await TestTenant.open()
  const { claims } = await other.signedIn()
  await t.rejects(ask(claims), dead)
})

t.test('a suspended tenant says so', async (t) => {
  const { tenant, ask } = await setUp()
  await tenant.changeState({ status: tenantStatus.suspended })
  await tenant.observe()
  await t.rejects(ask(), { code: 'tenant_suspended' })
})

t.test('a suspended tenant knows nobody', async (t) => {
  const { tenant, alice, ask } = await setUp()
  await ask()
  Object.assign(tenant.context, { directory: { ...tenant.context.directory, status: 'suspended' } })
  t.equal(knownPrincipal(tenant.context, alice.claims, tenant.clock.now()), null)
})

t.test('what is remembered as suspended is looked at before it is said', async (t) => {
  const { tenant, ask } = await setUp()
  await tenant.changeState({ status: tenantStatus.suspended })
  await tenant.observe()
  await tenant.changeState({ status: tenantStatus.active })
  await t.resolves(ask())
})

t.test('disabled, or with other roles, from the next epoch on', async (t) => {
  const { tenant, alice, ask, elsewhere } = await setUp()
  await ask()
  await elsewhere(updateUser(tenant.keys, alice.user, { access: { roles: ['pam_auditor'] } }, 0))
  t.same((await ask()).roles, ['pam_auditor'])
  const access = { status: 'disabled' } as const
  await elsewhere(updateUser(tenant.keys, { ...alice.user, version: 2 }, { access }, 0))
  await t.rejects(ask(), dead)
})

t.test('generation raised: tokens and sessions from before are dead', async (t) => {
  const { tenant, alice, ask, elsewhere } = await setUp()
  await elsewhere(updateUser(tenant.keys, alice.user, { access: { generation: 2 } }, 0))
  await t.rejects(ask(), dead)
  await t.rejects(ask({ gen: 2 }), dead, 'the session belongs to the generation before')
})

t.test("the tenant's own generation raised: tokens from before are dead", async (t) => {
  const { tenant, ask } = await setUp()
  await tenant.changeState({ tokenGeneration: 2 })
  await tenant.observe()
  await t.rejects(ask(), dead)
  await t.resolves(ask({ tgn: 2 }))
})

t.test('of control row and sealed state the stricter counts', async (t) => {
  const { tenant, ask } = await setUp()
  const { context } = tenant
  const { directory } = context
  Object.assign(context, { directory: { ...directory, tokenGeneration: 3 } })
  await t.rejects(ask(), dead)
  await t.resolves(ask({ tgn: 3 }))
  await tenant.changeState({ tokenGeneration: 4 })
  await tenant.observe()
  await t.rejects(ask({ tgn: 3 }), dead)
  Object.assign(context, { directory: { ...directory, status: 'suspended' } })
  await t.rejects(ask({ tgn: 4 }), { code: 'tenant_suspended' })
})

t.test('the session ended, or came to its end', async (t) => {
  const { tenant, alice, ask, elsewhere } = await setUp()
  await ask()
  tenant.clock.time += sessionLifetime - 1
  await ask()
  tenant.clock.time += 1
  await t.rejects(ask(), dead, 'also from the cache')
  tenant.clock.time -= sessionLifetime
  await elsewhere(endSession(alice.claims.sid))
  await t.rejects(ask(), dead)
})

t.test('a role that somebody wrote into the row does not open', async (t) => {
  const { tenant, alice, ask } = await setUp()
  tenant.store.tamper('user_account', alice.user.id, (row) => ({ ...row, doc: flipped(row.doc) }))
  await t.rejects(ask(), IntegrityError)
})

t.test("an administrator's document copied into another user's row does not open", async (t) => {
  const { tenant, alice, ask } = await setUp()
  const admin = await tenant.signedIn(['pam_admin'])
  const [theirs] = await tenant.store.read('user_account', [admin.user.id])
  tenant.store.tamper('user_account', alice.user.id, (row) => ({ ...row, doc: theirs!.doc }))
  await t.rejects(ask(), IntegrityError)
})

t.test('a user whose row is marked deleted, against what is sealed', async (t) => {
  const { tenant, alice, ask } = await setUp()
  tenant.store.tamper('user_account', alice.user.id, (row) => ({ ...row, state: 1 }))
  await t.rejects(ask(), IntegrityError)
})
