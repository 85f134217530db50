// A set-up is proven by its token within 72 hours, or by the customer's code; what proves it is sealed and bound to
// its user.
import { createHash } from 'node:crypto'
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { type OpaqueToken, parseToken } from '../../../../engine/task/opaque-token.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import {
  findByClaim,
  findByToken,
  issueClaim,
  issueToken,
  revokeSetups,
  setupLifetime,
} from '../../../../engine/worker/identity/setup-token.js'
import { TestTenant, flipped } from '../../../support/tenant-context.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const { keys, store, clock } = tenant
  const user = newId()
  const issued = issueToken(keys, tenant.tenant, user, clock.now())
  await store.put([issued.change])
  const token = parseToken('rpst_', issued.token)!
  const find = (shown: OpaqueToken = token) => findByToken(store, keys, shown, clock.now())
  return { tenant, user, issued, token, find }
}

const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex')

t.test('for 72 hours', async (t) => {
  const { tenant, user, issued, find } = await setUp()
  t.match(await find(), { id: issued.id, user })
  t.equal(issued.expiresTime, tenant.clock.now() + setupLifetime)
  tenant.clock.time += setupLifetime - 1
  t.ok(await find())
  tenant.clock.time += 1
  t.equal(await find(), null)
})

t.test('a later end in the plain column prolongs nothing', async (t) => {
  const { tenant, issued, find } = await setUp()
  tenant.store.tamper('setup_token', issued.id, (row) => ({ ...row, expiresTime: 9e15 }))
  tenant.clock.time += setupLifetime
  t.equal(await find(), null)
})

t.test('unknown, or another secret', async (t) => {
  const { token, find } = await setUp()
  t.equal(await find({ ...token, id: newId() }), null)
  t.equal(await find({ ...token, secret: Buffer.alloc(32) }), null)
})

t.test("a refresh token's secret proves no set-up", async (t) => {
  const { tenant, issued, token, find } = await setUp()
  const verifier = tenant.keys.verifier('refresh', issued.id, token.secret).toString('base64')
  tenant.store.tamper('setup_token', issued.id, (row) => {
    const document = { user: row.parent, verifier, claim: null, expiresTime: 9e15 }
    return { ...row, doc: tenant.keys.seal('setup_token.doc', row.id, 1, document) }
  })
  t.equal(await find(), null, 'kinds of verifiers are apart')
})

t.test('altered, copied from another, or moved to another user: it does not open', async (t) => {
  const { tenant, issued, find } = await setUp()
  const other = issueToken(tenant.keys, tenant.tenant, newId(), tenant.clock.now())
  await tenant.store.put([other.change])
  const [stored] = await tenant.store.read('setup_token', [issued.id])
  const [second] = await tenant.store.read('setup_token', [other.id])
  // Used set-ups are removed by that column: one that was moved could be used again.
  for (const change of [{ doc: flipped(stored!.doc) }, { doc: second!.doc }, { parent: newId() }]) {
    tenant.store.tamper('setup_token', issued.id, () => ({ ...stored!, ...change }))
    await t.rejects(find(), IntegrityError)
  }
})

t.test('a claim: by its code alone, in any case of its hash, without an end', async (t) => {
  const { tenant, user } = await setUp()
  const { store, keys, clock } = tenant
  const issued = issueClaim(keys, newId(), user, hashOf('the code').toUpperCase(), clock.now())
  t.match(issued, { token: null, expiresTime: null })
  await store.put([issued.change])
  t.match(await findByClaim(store, keys, 'the code'), { user })
  for (const code of ['The code', 'the code ', '', hashOf('the code')])
    t.equal(await findByClaim(store, keys, code), null)
  clock.time += 10 * setupLifetime
  t.ok(await findByClaim(store, keys, 'the code'))
})

t.test('a token row is claimed by no code, and a claim row by no token', async (t) => {
  const { tenant, user } = await setUp()
  const { store, keys, clock } = tenant
  t.equal(await findByClaim(store, keys, ''), null)
  const { change } = issueClaim(keys, newId(), user, hashOf('x'), clock.now())
  await store.put([change])
  const id = change.op === 'insert' ? change.row.id : ''
  const token = { tenant: tenant.tenant, id, secret: Buffer.alloc(32) }
  t.equal(await findByToken(store, keys, token, clock.now()), null)
})

t.test('revoking takes all of the user and none of others', async (t) => {
  const { tenant, user, find } = await setUp()
  const { store, keys, clock } = tenant
  const second = issueToken(keys, tenant.tenant, user, clock.now())
  const others = issueToken(keys, tenant.tenant, newId(), clock.now())
  await store.put([second.change, others.change])
  await store.put(await revokeSetups(store, user))
  t.equal(await find(), null)
  t.equal(await find(parseToken('rpst_', second.token)!), null)
  t.ok(await find(parseToken('rpst_', others.token)!))
})
