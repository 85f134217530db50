// Failed sign-ins are limited by address and by user, with delays that grow and end; nobody is locked out by others.
import t from 'tap'
import { SignInLimiter } from '../../../../engine/front/admission/sign-in.js'
import { handClock } from '../auth/signing.js'

const setUp = (more: { readonly max?: number } = {}) => {
  const clock = handClock()
  const limiter = new SignInLimiter({ clock, perAddress: 100, perUser: 10, max: 1000, ...more })
  const fail = (address: string, user: string, tenant: string | null = 'acme'): boolean => {
    const attempt = limiter.attempt(address, tenant, user)
    const { allowed } = attempt.begin()
    if (allowed) attempt.failed()
    return allowed
  }
  const check = (...subject: Parameters<SignInLimiter['attempt']>) =>
    limiter.attempt(...subject).begin()
  const succeed = (...subject: Parameters<SignInLimiter['attempt']>): boolean => {
    const attempt = limiter.attempt(...subject)
    const { allowed } = attempt.begin()
    attempt.released()
    return allowed
  }
  const failures = (count: number, address: string, user: string, tenant = 'acme'): number =>
    Array.from({ length: count }, () => fail(address, user, tenant)).filter(Boolean).length
  return { clock, limiter, check, succeed, fail, failures }
}

t.test('ten a user', async (t) => {
  const { failures, check } = setUp()
  t.equal(failures(50, '192.0.2.1', 'ann'), 10)
  const decision = check('198.51.100.1', 'acme', 'ann')
  t.match(decision, { allowed: false, by: 'user', retryAfterSeconds: 60 })
  t.match(decision.headers, {
    'retry-after': '60',
    'ratelimit-limit': '10',
    'ratelimit-remaining': '0',
    'ratelimit-reset': '60',
  })
  t.ok(check('192.0.2.1', 'acme', 'bob').allowed, 'another user')
  t.ok(check('192.0.2.1', 'contoso', 'ann').allowed, 'the same name in another tenant')
  t.ok(check('192.0.2.1', null, 'ann').allowed, 'the same name in the management plane')
})

t.test('a name in another case is the same name', async (t) => {
  const { failures, check } = setUp()
  failures(5, '192.0.2.1', 'ann', 'acme')
  failures(5, '192.0.2.1', 'ANN', 'ACME')
  t.notOk(check('192.0.2.1', 'acme', 'Ann').allowed)
})

t.test('a hundred an address, whoever is tried', async (t) => {
  const { fail, check } = setUp()
  let allowed = 0
  for (let i = 0; i < 200; i++) if (fail('192.0.2.1', `user${i}`)) allowed++
  t.equal(allowed, 100)
  t.match(check('192.0.2.1', 'acme', 'new'), { allowed: false, by: 'address' })
  t.match(check('192.0.2.1', null, null), { allowed: false, by: 'address' })
  t.ok(check('192.0.2.2', 'acme', 'new').allowed)
})

t.test('delays grow, and end', async (t) => {
  const { clock, failures, check } = setUp()
  const waits: number[] = []
  for (let i = 0; i < 6; i++) {
    failures(10, '192.0.2.1', 'ann')
    const { retryAfterSeconds } = check('192.0.2.1', 'acme', 'ann')
    waits.push(retryAfterSeconds)
    clock.seconds += retryAfterSeconds - 1
    t.notOk(check('192.0.2.1', 'acme', 'ann').allowed)
    clock.seconds += 1
  }
  t.strictSame(waits, [60, 120, 240, 480, 900, 900])
  t.ok(check('192.0.2.1', 'acme', 'ann').allowed)
  clock.seconds += 3600
  failures(10, '192.0.2.1', 'ann')
  t.equal(
    check('192.0.2.1', 'acme', 'ann').retryAfterSeconds,
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
  const { succeed } = setUp()
  for (let i = 0; i < 500; i++) t.ok(succeed('192.0.2.1', 'acme', 'ann'))
})

t.test('attempts under way count, until they turn out to be none', async (t) => {
  const { limiter, check } = setUp()
  const begun = Array.from({ length: 30 }, () => {
    const attempt = limiter.attempt('192.0.2.1', 'acme', 'ann')
    return { attempt, ...attempt.begin() }
  })
  t.equal(begun.filter(({ allowed }) => allowed).length, 10)
  t.equal(check('192.0.2.1', 'acme', 'ann').retryAfterSeconds, 1)
  for (const { allowed, attempt } of begun) if (allowed) attempt.released()
  t.ok(check('192.0.2.1', 'acme', 'ann').allowed)
})

const known = true

t.test('a known network is not held up by what others try', async (t) => {
  const { limiter, check, failures } = setUp()
  failures(50, '198.51.100.66', 'ann')
  t.notOk(check('203.0.113.1', 'acme', 'ann').allowed)
  const own = (address: string, user: string | null) => limiter.attempt(address, 'acme', user)
  t.ok(own('192.0.2.9', 'ann').begin(known).allowed)
  for (let i = 0; i < 100; i++) failures(1, '192.0.2.1', `user${i}`)
  t.match(check('192.0.2.1', 'acme', 'bob'), { allowed: false, by: 'address' })
  t.ok(own('192.0.2.1', 'bob').begin(known).allowed, 'nor by its own address')
  t.ok(own('192.0.2.1', null).begin(known).allowed, 'nor is who names nobody')
})

t.test("a known network is held up by the user's own failures there", async (t) => {
  const { limiter, failures } = setUp()
  const tries = (count: number): number =>
    Array.from({ length: count }, () => {
      const attempt = limiter.attempt('192.0.2.1', 'acme', 'ann')
      const { allowed } = attempt.begin(known)
      if (allowed) attempt.failed()
      return allowed
    }).filter(Boolean).length
  t.equal(failures(7, '192.0.2.200', 'ann'), 7, 'before anybody asked whether it is known')
  t.equal(tries(50), 3, 'ten in all')
  const late = limiter.attempt('192.0.2.1', 'acme', 'ann').begin(known)
  t.match(late, { allowed: false, by: 'user', retryAfterSeconds: 60 })
  t.equal(failures(50, '198.51.100.66', 'ann'), 3, 'its failures as a stranger counted for all')
})

t.test('who names nobody from a known network has a limit too', async (t) => {
  const { limiter } = setUp()
  let allowed = 0
  for (let i = 0; i < 200; i++) {
    const attempt = limiter.attempt(`192.0.2.${i}`, 'acme', null)
    if (!attempt.begin(known).allowed) continue
    allowed++
    attempt.failed()
  }
  t.equal(allowed, 100)
})

t.test('five guesses at a claim an hour and name, from anywhere', async (t) => {
  const { clock, limiter } = setUp()
  const guess = (n: number, tenant: string) => {
    const attempt = limiter.attempt(`198.51.${n}.1`, tenant, null, true)
    const decision = attempt.begin()
    if (decision.allowed) attempt.failed()
    return decision
  }
  for (let n = 0; n < 5; n++) t.ok(guess(n, n % 2 ? 'acme' : 'ACME').allowed)
  const refused = guess(6, 'acme')
  t.match(refused, { allowed: false, by: 'claim', soon: null, retryAfterSeconds: 3600 })
  t.match(refused.headers, { 'ratelimit-limit': '5', 'ratelimit-remaining': '0' })
  t.ok(guess(6, 'contoso').allowed)
  t.ok(limiter.attempt('198.51.6.1', 'acme', null).begin().allowed, 'what is no claim')
  clock.seconds += 3600
  t.ok(guess(6, 'acme').allowed)
})

t.test('bounded', async (t) => {
  const { limiter, succeed, fail } = setUp({ max: 50 })
  for (let i = 0; i < 1000; i++) {
    fail(`10.${i % 250}.0.${i % 199}`, `user${i}`)
    succeed(`10.1.${i % 250}.1`, 'acme', `user${i}`)
  }
  t.ok(limiter.size <= 250)
})

t.test('an attempt ends as what it began, though its network has become known', async (t) => {
  const { limiter, check } = setUp()
  const begun = Array.from({ length: 10 }, () => limiter.attempt('192.0.2.1', 'acme', 'ann'))
  for (const attempt of begun) t.ok(attempt.begin().allowed)
  t.notOk(limiter.attempt('192.0.2.1', 'acme', 'ann').begin(known).allowed)
  for (const attempt of begun) attempt.released()
  t.ok(limiter.attempt('192.0.2.1', 'acme', 'ann').begin(known).allowed)
  const elsewhere = Array.from({ length: 10 }, () => check('203.0.113.1', 'acme', 'ann').allowed)
  t.ok(elsewhere.every(Boolean), 'nothing is left under way')
})

t.test(
  'the one too many waits for one that ends, and is told when the limit is reached',
  async (t) => {
    const { limiter } = setUp()
    const subject = ['192.0.2.1', 'acme', 'ann'] as const
    const begun = Array.from({ length: 10 }, () => limiter.attempt(...subject))
    for (const attempt of begun) attempt.begin()
    const late = limiter.attempt(...subject)
    const { allowed, soon } = late.begin()
    t.equal(allowed, false)
    t.ok(soon)
    begun[0]!.released()
    await soon
    t.equal(late.begin().allowed, true)
    const later = limiter.attempt(...subject)
    const told = later.begin().soon
    for (const attempt of [...begun.slice(1), late]) attempt.failed()
    await told
    t.match(later.begin(), { allowed: false, soon: null, retryAfterSeconds: 60 })
  },
)

t.test('not everybody may wait', async (t) => {
  const { check } = setUp()
  for (let i = 0; i < 10; i++) check('192.0.2.1', 'acme', 'ann')
  const waits = Array.from({ length: 150 }, () => check('192.0.2.1', 'acme', 'ann').soon)
  t.equal(waits.filter((soon) => soon !== null).length, 100)
})
