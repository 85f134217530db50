// Verified once, looked at every time; failures are never remembered, and what is no token of ours costs no check.
import t from 'tap'
import { FailureBudget } from '../../../../engine/front/admission/failure-budget.js'
import { SignatureChecks } from '../../../../engine/front/admission/signature-checks.js'
import { createTokenVerifier } from '../../../../engine/front/auth/access-token.js'
import { Revocations } from '../../../../engine/front/auth/revocations.js'
import { VerifiedCache } from '../../../../engine/front/auth/verified-cache.js'
import { type TenantId, newId } from '../../../../engine/ids.js'
import type { AccessClaims } from '../../../../engine/task/item.js'
import { createSigner, handClock, issuer, spellingsOf, start } from './signing.js'

const signer = await createSigner('k1')
const unknown = await createSigner('k2')

/** Written like one of ours, claims and key id and all, each another one: only its signature is wrong. */
const forged = async (): Promise<string> => {
  const [header, payload] = (await signer.sign()).split('.')
  return `Bearer ${header}.${payload}.${'A'.repeat(86)}`
}

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
  const checks = new SignatureChecks({
    budget,
    clock,
    prompt: { atOnce: 4, waiting: 20 },
    limited: { atOnce: 2, waiting: 20 },
    max: 100,
  })
  const cache = new VerifiedCache({ verifier, revocations, checks, clock, max })
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

t.test('failures are not remembered: the same one is verified again', async (t) => {
  const { cache, state } = setUp()
  const header = await forged()
  for (let i = 0; i < 3; i++) t.equal(await cache.authenticate(header, '192.0.2.1'), null)
  t.strictSame([cache.size, state.verified], [0, 3])
})

t.test('what cannot be good is refused at once, without a check and at no cost', async (t) => {
  const { cache, state, revocations } = setUp()
  const tid = newId() as TenantId
  revocations.raiseTenant(tid, 2)
  const good = await signer.sign()
  const wrong = [
    'junk',
    'a.b.c',
    `${good}=`,
    await unknown.sign(),
    await signer.sign({ exp: start, iat: start - 600 }),
    await signer.sign({ iss: 'other' }),
    await signer.sign({ sub: 'admin' }),
    await signer.sign({ tid, tgn: 1 }),
    `${good}${'A'.repeat(1500)}`,
  ]
  for (let i = 0; i < 20; i++)
    for (const token of wrong) t.equal(cache.authenticate(`Bearer ${token}`, '192.0.2.1'), null)
  t.equal(state.verified, 0)
  const all = Array.from({ length: 4 }, () => forged())
  for (const header of await Promise.all(all)) void cache.authenticate(header, '192.0.2.1')
  t.equal(state.verified, 4, 'all at once: the budget is whole')
})

t.test('a flood of forgeries: few are verified at a time, good tokens pass', async (t) => {
  const { cache, state } = setUp()
  const headers = await Promise.all(Array.from({ length: 200 }, () => forged()))
  for (const [n, address] of ['192.0.2.5', '192.0.2.66', '2001:db8::1'].entries()) {
    const flood = headers.map((header) => cache.authenticate(header, '192.0.2.66'))
    const good = await signer.sign({ gen: n })
    cache.expect(good, address)
    t.match(await cache.authenticate(`Bearer ${good}`, address), { gen: n }, address)
    const answers = await Promise.all(flood)
    t.equal(
      answers.every((answer) => answer === null || answer === 'throttled'),
      true,
    )
    // What waits for its turn is all that is left of a forgery.
    t.ok(answers.filter((answer) => answer === null).length <= 30)
  }
  t.equal(cache.size, 3)
  t.ok(state.verified <= 3 * 31)
})

t.test(
  'a token that is expected is verified all the same, and a forged one expected for nobody',
  async (t) => {
    const { cache, state } = setUp()
    const token = await signer.sign()
    cache.expect(token, '192.0.2.1')
    cache.expect('junk', '192.0.2.1')
    t.equal(cache.size, 0)
    t.ok(await cache.authenticate(`Bearer ${token}`, '192.0.2.1'))
    t.equal(state.verified, 1)
  },
)

t.test('one that expires while it waits is not let in', async (t) => {
  const { cache, clock } = setUp()
  const flood = await Promise.all(Array.from({ length: 15 }, () => forged()))
  for (const header of flood) void cache.authenticate(header, '192.0.2.1')
  const late = cache.authenticate(`Bearer ${await signer.sign()}`, '192.0.2.1')
  clock.seconds += 600
  t.equal(await late, null)
  t.equal(cache.size, 0)
})

t.test('a second spelling of a token is no token, and takes no place', async (t) => {
  const { cache, state } = setUp()
  const token = await signer.sign()
  t.ok(await cache.authenticate(`Bearer ${token}`, '192.0.2.1'))
  for (const other of spellingsOf(token))
    t.equal(cache.authenticate(`Bearer ${other}`, '192.0.2.1'), null, other.slice(-8))
  t.strictSame([cache.size, state.verified], [1, 1])
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
