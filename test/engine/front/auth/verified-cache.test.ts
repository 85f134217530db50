// Verified once, looked at every time; failures are never remembered and cost their network.
import t from 'tap'
import { FailureBudget } from '../../../../engine/front/admission/failure-budget.js'
import { createTokenVerifier } from '../../../../engine/front/auth/access-token.js'
import { Revocations } from '../../../../engine/front/auth/revocations.js'
import { VerifiedCache } from '../../../../engine/front/auth/verified-cache.js'
import type { TenantId } from '../../../../engine/ids.js'
import type { AccessClaims } from '../../../../engine/task/item.js'
import { createSigner, handClock, issuer } from './signing.js'

const signer = await createSigner('k1')

const setUp = (max = 100) => {
  const clock = handClock()
  const real = createTokenVerifier({ issuer, keys: [signer.publicKey], clock })
  const state = { verified: 0 }
  const verifier = {
    ...real,
    verify: (token: string) => {
      state.verified++
      return real.verify(token)
    },
  }
  const revocations = new Revocations(clock)
  const budget = new FailureBudget({ clock, burst: 5, perSecond: 1, max: 100 })
  const cache = new VerifiedCache({ verifier, revocations, budget, clock, max })
  return { clock, state, revocations, cache }
}

t.test('a hit answers at once, without verifying again', async (t) => {
  const { cache, state } = setUp()
  const header = `Bearer ${await signer.sign()}`
  const first = cache.authenticate(header, '192.0.2.1')
  t.ok(first instanceof Promise)
  const claims = await first
  t.equal(cache.authenticate(header, '192.0.2.1'), claims)
  t.equal(state.verified, 1)
})

t.test('many at once are verified once', async (t) => {
  const { cache, state } = setUp()
  const header = `Bearer ${await signer.sign()}`
  const all = await Promise.all(
    Array.from({ length: 50 }, () => cache.authenticate(header, '192.0.2.1')),
  )
  t.ok(all.every((claims) => claims === all[0] && claims !== null))
  t.equal(state.verified, 1)
})

t.test('a hit looks at expiry and at revocations', async (t) => {
  const { cache, clock, revocations } = setUp()
  const one = `Bearer ${await signer.sign()}`
  const two = `Bearer ${await signer.sign()}`
  const claims = (await cache.authenticate(one, '192.0.2.1')) as AccessClaims
  await cache.authenticate(two, '192.0.2.1')
  revocations.revokeSession(claims.tid, claims.sid)
  t.equal(cache.authenticate(one, '192.0.2.1'), null)
  t.ok(cache.authenticate(two, '192.0.2.1'))
  clock.seconds += 600
  t.equal(cache.authenticate(two, '192.0.2.1'), null)
  t.equal(cache.size, 0)
})

t.test('revoked while it was verified', async (t) => {
  const { cache, revocations } = setUp()
  const tid = '0192f0c1-1111-7000-8000-000000000001' as TenantId
  const running = cache.authenticate(`Bearer ${await signer.sign({ tid, tgn: 1 })}`, '192.0.2.1')
  revocations.raiseTenant(tid, 2)
  t.equal(await running, null)
  t.equal(cache.size, 0)
})

t.test('a token that differs in its last letters is another token', async (t) => {
  const { cache } = setUp()
  const token = await signer.sign()
  await cache.authenticate(`Bearer ${token}`, '192.0.2.1')
  t.equal(await cache.authenticate(`Bearer ${token.slice(0, -2)}`, '192.0.2.1'), null)
  t.equal(await cache.authenticate(`Bearer ${token}AA`, '192.0.2.1'), null)
})

t.test(
  'failures are not remembered, and stop being verified when the budget is gone',
  async (t) => {
    const { cache, state, clock } = setUp()
    for (let i = 0; i < 5; i++) t.equal(await cache.authenticate('Bearer a.b.c', '192.0.2.1'), null)
    t.equal(cache.size, 0)
    t.equal(cache.authenticate('Bearer a.b.c', '192.0.2.200'), 'throttled', 'the whole /24')
    t.equal(state.verified, 5)
    t.equal(await cache.authenticate('Bearer a.b.c', '198.51.100.1'), null, 'another network')
    clock.seconds += 1
    t.equal(await cache.authenticate('Bearer a.b.c', '192.0.2.1'), null)
    t.equal(cache.authenticate('Bearer a.b.c', '192.0.2.1'), 'throttled')
  },
)

t.test('a throttled network still uses tokens that were verified', async (t) => {
  const { cache } = setUp()
  const header = `Bearer ${await signer.sign()}`
  await cache.authenticate(header, '192.0.2.1')
  for (let i = 0; i < 5; i++) await cache.authenticate('Bearer a.b.c', '192.0.2.1')
  t.ok(cache.authenticate(header, '192.0.2.1'))
})

t.test('many bad ones at once do not slip through', async (t) => {
  const { cache, state } = setUp()
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => cache.authenticate(`Bearer a.b.${i}`, '192.0.2.1')),
  )
  t.equal(state.verified, 5)
})

t.test('bounded', async (t) => {
  const { cache } = setUp(10)
  for (let i = 0; i < 30; i++)
    await cache.authenticate(`Bearer ${await signer.sign()}`, '192.0.2.1')
  t.equal(cache.size, 10)
})

t.test('no header, no verification', async (t) => {
  const { cache, state } = setUp()
  t.equal(cache.authenticate(undefined, '192.0.2.1'), null)
  t.equal(cache.authenticate('Bearer a, Bearer b', '192.0.2.1'), null)
  t.equal(state.verified, 0)
})
