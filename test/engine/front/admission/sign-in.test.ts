// Failed sign-ins are limited by address and by user, with delays that grow and end; nobody is locked out by others.
import t from 'tap'
import { SignInLimiter } from '../../../../engine/front/admission/sign-in.js'
import { handClock } from '../auth/signing.js'

const setUp = (more: { readonly max?: number } = {}) => {
  const clock = handClock()
  const limiter = new SignInLimiter({ clock, perAddress: 100, perUser: 10, max: 1000, ...more })
  const fail = (address: string, user: string, tenant: string | null = 'acme'): boolean => {
    const { allowed } = limiter.check(address, tenant, user)
    if (allowed) limiter.failed(address, tenant, user)
    return allowed
  }
  const failures = (count: number, address: string, user: string, tenant = 'acme'): number =>
    Array.from({ length: count }, () => fail(address, user, tenant)).filter(Boolean).length
  return { clock, limiter, fail, failures }
}

t.test('ten a user', async (t) => {
  const { failures, limiter } = setUp()
  t.equal(failures(50, '192.0.2.1', 'ann'), 10)
  const decision = limiter.check('198.51.100.1', 'acme', 'ann')
  t.match(decision, { allowed: false, by: 'user', retryAfterSeconds: 60 })
  t.match(decision.headers, {
    'retry-after': '60',
    'ratelimit-limit': '10',
    'ratelimit-remaining': '0',
    'ratelimit-reset': '60',
  })
  t.ok(limiter.check('192.0.2.1', 'acme', 'bob').allowed, 'another user')
  t.ok(limiter.check('192.0.2.1', 'contoso', 'ann').allowed, 'the same name in another tenant')
  t.ok(limiter.check('192.0.2.1', null, 'ann').allowed, 'the same name in the management plane')
})

t.test('a name in another case is the same name', async (t) => {
  const { failures, limiter } = setUp()
  failures(5, '192.0.2.1', 'ann', 'acme')
  failures(5, '192.0.2.1', 'ANN', 'ACME')
  t.notOk(limiter.check('192.0.2.1', 'acme', 'Ann').allowed)
})

t.test('a hundred an address, whoever is tried', async (t) => {
  const { fail, limiter } = setUp()
  let allowed = 0
  for (let i = 0; i < 200; i++) if (fail('192.0.2.1', `user${i}`)) allowed++
  t.equal(allowed, 100)
  t.match(limiter.check('192.0.2.1', 'acme', 'new'), { allowed: false, by: 'address' })
  t.match(limiter.check('192.0.2.1', null, null), { allowed: false, by: 'address' })
  t.ok(limiter.check('192.0.2.2', 'acme', 'new').allowed)
})

t.test('delays grow, and end', async (t) => {
  const { clock, failures, limiter } = setUp()
  const waits: number[] = []
  for (let i = 0; i < 6; i++) {
    failures(10, '192.0.2.1', 'ann')
    const { retryAfterSeconds } = limiter.check('192.0.2.1', 'acme', 'ann')
    waits.push(retryAfterSeconds)
    clock.seconds += retryAfterSeconds - 1
    t.notOk(limiter.check('192.0.2.1', 'acme', 'ann').allowed)
    clock.seconds += 1
  }
  t.strictSame(waits, [60, 120, 240, 480, 900, 900])
  t.ok(limiter.check('192.0.2.1', 'acme', 'ann').allowed)
  clock.seconds += 3600
  failures(10, '192.0.2.1', 'ann')
  t.equal(
    limiter.check('192.0.2.1', 'acme', 'ann').retryAfterSeconds,
    60,
    'quiet for long: from the beginning',
  )
})

t.test('a minute without failures counts anew', async (t) => {
  const { clock, failures } = setUp()
  t.equal(failures(9, '192.0.2.1', 'ann'), 9)
  clock.seconds += 61
  t.equal(failures(9, '192.0.2.1', 'ann'), 9)
})

t.test('successes cost nothing', async (t) => {
  const { limiter } = setUp()
  for (let i = 0; i < 500; i++) {
    t.ok(limiter.check('192.0.2.1', 'acme', 'ann').allowed)
    limiter.succeeded('192.0.2.1', 'acme', 'ann')
  }
})

t.test('attempts under way count, until they turn out to be none', async (t) => {
  const { limiter } = setUp()
  const begun = Array.from({ length: 30 }, () => limiter.check('192.0.2.1', 'acme', 'ann').allowed)
  t.equal(begun.filter(Boolean).length, 10)
  t.equal(limiter.check('192.0.2.1', 'acme', 'ann').retryAfterSeconds, 1)
  for (let i = 0; i < 10; i++) limiter.released('192.0.2.1', 'acme', 'ann')
  t.ok(limiter.check('192.0.2.1', 'acme', 'ann').allowed)
})

t.test('a network that signed in before is not held up by others', async (t) => {
  const { limiter, failures } = setUp()
  limiter.check('192.0.2.1', 'acme', 'ann')
  limiter.succeeded('192.0.2.1', 'acme', 'ann')
  failures(50, '198.51.100.66', 'ann')
  t.notOk(limiter.check('203.0.113.1', 'acme', 'ann').allowed)
  t.ok(limiter.check('192.0.2.9', 'acme', 'ann').allowed, 'its own network')
  limiter.released('192.0.2.9', 'acme', 'ann')
  t.equal(failures(50, '192.0.2.1', 'ann'), 10, 'but by itself')
  t.ok(limiter.check('192.0.2.1', 'acme', 'bob').allowed)
})

t.test('bounded', async (t) => {
  const { limiter, fail } = setUp({ max: 50 })
  for (let i = 0; i < 1000; i++) {
    fail(`10.${i % 250}.0.${i % 199}`, `user${i}`)
    limiter.succeeded(`10.1.${i % 250}.1`, 'acme', `user${i}`)
  }
  t.ok(limiter.size <= 150)
})
