// A claimed tenant cannot be claimed again, although its users, its set-ups and the provider's directory are as they were
// before: the tenant's audit log says so, or is not whole.
import { formatClaimCode } from '../../../../engine/task/claim-code.js'
import { createHash } from 'node:crypto'
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { randomBytes } from '../../../../engine/worker/cipher/random.js'
import {
  issueClaim,
  issueFirstToken,
  issueToken,
} from '../../../../engine/worker/identity/setup-token.js'
import { insertUser } from '../../../../engine/worker/identity/user.js'
import type { Change } from '../../../../engine/worker/store/store.js'
import { TestTenant, userOf } from '../../../support/tenant-context.js'
import { callsOf } from '../request/pipeline-fixture.js'

const password = 'a long enough password'
const code = formatClaimCode(randomBytes(20))

const invitedIn = ({ clock }: TestTenant, username: string) => {
  const user = userOf(['pam_admin'], username, clock.now())
  return { ...user, access: { ...user.access, status: 'invited', verifier: null } as const }
}

const setUp = async () => {
  const tenant = await TestTenant.open()
  const { keys, store, clock } = tenant
  const user = invitedIn(tenant, 'alice')
  const token = () => ({ tenant: tenant.tenant, id: newId(), secret: randomBytes(32) })
  const [first, second] = [
    issueFirstToken(keys, token(), user.id, clock.now()),
    issueFirstToken(keys, token(), user.id, clock.now()),
  ]
  const hash = createHash('sha256').update(code).digest('hex')
  const claim = issueClaim(keys, newId(), user.id, hash, clock.now())
  const changes: readonly Change[] = [
    insertUser(keys, user),
    first.change,
    second.change,
    claim.change,
  ]
  await store.put(changes)
  const putBack = async (): Promise<void> => {
    await store.put(
      changes.flatMap(({ table, ...change }) =>
        'row' in change ? [{ op: 'delete', table, id: change.row.id } as const] : [],
      ),
    )
    await store.put(changes)
  }
  const calls = callsOf(tenant)
  const use = (body: object) => calls.open('setUpAccount', { password, ...body })
  return { tenant, user, first, second, calls, use, putBack }
}

t.test('claimed once, put back: refused, by whatever set-up', async (t) => {
  const { first, second, use, putBack } = await setUp()
  t.equal((await use({ token: first.token })).status, 200)
  for (const body of [
    { token: first.token },
    { token: second.token },
    { tenant: 'acme', claim: code },
  ]) {
    await putBack()
    t.match(await use(body), { status: 401, json: { code: 'invalid_credentials' } })
  }
})

t.test('refused attempts are no claim', async (t) => {
  const { first, second, use } = await setUp()
  const wrong = `${first.token.slice(0, -12)}${second.token.slice(-12)}`
  t.equal((await use({ token: wrong })).status, 401)
  t.equal((await use({ tenant: 'acme', claim: formatClaimCode(randomBytes(20)) })).status, 401)
  t.equal((await use({ token: first.token })).status, 200)
})

t.test('another user’s set-up is no claim, and looks nowhere', async (t) => {
  const { tenant, first, use } = await setUp()
  const bob = invitedIn(tenant, 'bob')
  const { change, token } = issueToken(tenant.keys, tenant.tenant, bob.id, tenant.clock.now())
  await tenant.store.put([insertUser(tenant.keys, bob), change])
  t.equal((await use({ token })).status, 200)
  t.equal(tenant.store.calls.get('auditChains') ?? 0, 0)
  t.equal((await use({ token: first.token })).status, 200)
  t.equal(tenant.store.calls.get('auditChains'), 1)
})

t.test('a log that was cut back to before the claim says nothing: integrity_failure', async (t) => {
  const { tenant, first, use, putBack } = await setUp()
  t.equal((await use({ token: first.token })).status, 200)
  tenant.clock.time += 2_000
  await tenant.context.tick()
  const claimed = (await tenant.store.auditPage(null, 1))[0]!
  tenant.store.tamperAudit(claimed.chain, claimed.firstSeq, () => null)
  await putBack()
  t.match(await use({ token: first.token }), { status: 500, json: { code: 'integrity_failure' } })
})
