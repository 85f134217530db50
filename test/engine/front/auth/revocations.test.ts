// What was revoked stays so for as long as a token of before can live, in its own tenant only.
import t from 'tap'
import { Revocations } from '../../../../engine/front/auth/revocations.js'
import { type TenantId, newId } from '../../../../engine/ids.js'
import type { AccessClaims } from '../../../../engine/task/item.js'
import { handClock, start } from './signing.js'

const claimsOf = (more: Partial<AccessClaims> = {}): AccessClaims => ({
  aud: 'tenant',
  tid: newId() as TenantId,
  sub: newId(),
  sid: newId(),
  gen: 3,
  tgn: 5,
  exp: start + 600,
  ...more,
})

t.test('session, user, tenant', async (t) => {
  const claims = claimsOf()
  const { tid, sub, sid } = claims
  const after = (act: (r: Revocations) => void): Revocations => {
    const revocations = new Revocations(handClock())
    act(revocations)
    return revocations
  }
  const session = after((r) => r.revokeSession(tid, sid))
  t.ok(session.isRevoked(claims))
  t.notOk(session.isRevoked({ ...claims, sid: newId() }))
  t.notOk(
    session.isRevoked({ ...claims, tid: newId() as TenantId }),
    'the same id in another tenant',
  )
  const user = after((r) => r.raiseUser(tid, sub, 4))
  t.ok(user.isRevoked(claims))
  t.notOk(user.isRevoked({ ...claims, gen: 4 }))
  t.notOk(user.isRevoked({ ...claims, sub: newId() }))
  t.notOk(user.isRevoked({ ...claims, tid: newId() as TenantId }))
  const tenant = after((r) => r.raiseTenant(tid, 6))
  t.ok(tenant.isRevoked(claims))
  t.notOk(tenant.isRevoked({ ...claims, tgn: 6 }))
  t.notOk(tenant.isRevoked({ ...claims, tid: newId() as TenantId }))
})

t.test('late news of a lower generation lowers nothing', async (t) => {
  const revocations = new Revocations(handClock())
  const claims = claimsOf({ gen: 3, tgn: 5 })
  revocations.raiseUser(claims.tid, claims.sub, 4)
  revocations.raiseUser(claims.tid, claims.sub, 2)
  t.ok(revocations.isRevoked(claims))
  const tenant = claimsOf({ tgn: 5 })
  revocations.raiseTenant(tenant.tid, 6)
  revocations.raiseTenant(tenant.tid, 1)
  t.ok(revocations.isRevoked(tenant))
})

t.test('forgotten when no token of before can live, not earlier', async (t) => {
  const clock = handClock()
  const revocations = new Revocations(clock)
  const claims = claimsOf()
  revocations.revokeSession(claims.tid, claims.sid)
  revocations.raiseUser(claims.tid, newId(), 1)
  clock.seconds += 630
  revocations.raiseUser(claims.tid, claims.sub, 1)
  t.ok(revocations.isRevoked(claims))
  clock.seconds += 30
  revocations.sweep()
  t.notOk(revocations.isRevoked(claims))
  t.equal(revocations.size, 1, 'the later entry stays')
  clock.seconds += 660
  revocations.sweep()
  t.equal(revocations.size, 0)
})

t.test('memory is that of the last minutes', async (t) => {
  const clock = handClock()
  const revocations = new Revocations(clock)
  for (let i = 0; i < 5000; i++) {
    clock.seconds += 1
    revocations.revokeSession(newId() as TenantId, newId())
  }
  t.ok(revocations.size <= 661)
})
