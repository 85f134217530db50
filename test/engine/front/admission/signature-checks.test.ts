// Whoever forges tokens, from wherever, waits for themselves: a good token is checked in bounded time, and what waits is
// bounded. Time is counted in checks: each ends when the test says so.
import t from 'tap'
import { FailureBudget } from '../../../../engine/front/admission/failure-budget.js'
import {
  type Checked,
  SignatureChecks,
} from '../../../../engine/front/admission/signature-checks.js'
import { type TenantId, newId } from '../../../../engine/ids.js'
import type { AccessClaims } from '../../../../engine/task/item.js'
import { handClock, start } from '../auth/signing.js'

const burst = 5
const waiting = 20

const claimsOf = (more: Partial<AccessClaims> = {}): AccessClaims => ({
  aud: 'tenant',
  tid: newId() as TenantId,
  sub: newId(),
  sid: newId(),
  gen: 1,
  tgn: 1,
  exp: start + 600,
  ...more,
})

const setUp = () => {
  const clock = handClock()
  const ends: (() => void)[] = []
  const checks = new SignatureChecks({
    budget: new FailureBudget({ clock, burst, perSecond: 1, max: 1000 }),
    clock,
    prompt: { atOnce: 4, waiting },
    limited: { atOnce: 2, waiting },
    max: 1000,
  })
  const bring = (address: string, isGood: boolean, claims = claimsOf()): Promise<Checked> =>
    checks.run(
      address,
      claims,
      () => new Promise((resolve) => ends.push(() => resolve(isGood ? claims : null))),
    )
  /** Lets up to `count` checks end, one after the other. */
  const pass = async (count = Infinity): Promise<void> => {
    for (let n = 0; n < count && ends.length > 0; n++) {
      ends.shift()?.()
      await new Promise(setImmediate)
    }
  }
  const good = (address: string, claims?: AccessClaims) => bring(address, true, claims)
  const forge = (address: string) => bring(address, false)
  /** Spends the budget of the address's network, and leaves its queue full. */
  const flood = async (...addresses: string[]): Promise<void> => {
    for (let n = 0; n < burst; n++) void forge(addresses[0]!)
    await pass()
    for (let n = 0; n < 2 * waiting; n++) void forge(addresses[n % addresses.length]!)
  }
  return { clock, ends, checks, good, forge, pass, flood }
}

/** What it is by then; undefined: it still waits. */
const now = (checked: Promise<Checked>): Promise<Checked | undefined> =>
  Promise.race([
    checked,
    new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined))),
  ])

t.test(
  'within the budget: some at once; over it: a few, and never more wait than may',
  async (t) => {
    const { ends, checks, forge, pass } = setUp()
    for (let n = 0; n < burst; n++) void forge('192.0.2.1')
    t.equal(ends.length, 4)
    await pass()
    for (let n = 0; n < 1000; n++) void forge('192.0.2.1')
    t.equal(ends.length, 2)
    t.equal(checks.waiting, waiting)
  },
)

t.test('a forgery that had to give way is throttled', async (t) => {
  const { forge, flood } = setUp()
  await flood('192.0.2.1')
  t.equal(await forge('192.0.2.1'), 'throttled')
})

t.test('good tokens cost nothing, however many', async (t) => {
  const { ends, good, forge, pass } = setUp()
  for (let n = 0; n < 10 * burst; n++) {
    const checked = good('192.0.2.1')
    await pass()
    t.ok(await checked)
  }
  for (let n = 0; n < 4; n++) void forge('192.0.2.1')
  t.equal(ends.length, 4, 'promptly: the budget is whole')
})

t.test('a good one from another address of a flooding network has the next turn', async (t) => {
  for (const [bad, other] of [
    ['192.0.2.66', '192.0.2.5'],
    ['192.0.2.66', '198.51.100.5'],
  ] as const) {
    const { good, pass, flood } = setUp()
    await flood(bad)
    const checked = good(other)
    await pass(4)
    t.ok(await now(checked), other)
  }
})

t.test('many addresses of the network flood: each has one turn before the good one', async (t) => {
  const { good, pass, flood } = setUp()
  await flood(...Array.from({ length: 10 }, (_, n) => `192.0.2.${n + 10}`))
  const checked = good('192.0.2.5')
  await pass(10 + 4)
  t.ok(await now(checked))
})

t.test('many networks flood: a known one has every other turn', async (t) => {
  const { good, forge, pass, flood } = setUp()
  const first = good('203.0.113.5')
  await pass()
  t.ok(await first)
  for (let n = 0; n < burst; n++) void forge('203.0.113.66')
  await pass()
  for (let n = 0; n < 2 * waiting; n++) await flood(`10.0.${n}.1`)
  const checked = good('203.0.113.5')
  await pass(5)
  t.ok(await now(checked))
})

t.test(
  'from the very address, or /64, that floods: who was here lately is checked soon',
  async (t) => {
    for (const address of ['192.0.2.1', '2001:db8::1']) {
      const { good, pass, flood } = setUp()
      const claims = claimsOf()
      const first = good(address, claims)
      await pass()
      t.ok(await first)
      await flood(address)
      const checked = good(address.replace(/1$/, address.includes(':') ? '2' : '1'), {
        ...claims,
        sid: newId(),
      })
      await pass(5)
      t.ok(await now(checked), address)
    }
  },
)

t.test('who is not known waits behind the flood of the own address, or is throttled', async (t) => {
  const { good, pass, flood } = setUp()
  await flood('192.0.2.1')
  t.equal(await good('192.0.2.1'), 'throttled')
  await pass(3)
  const checked = good('192.0.2.1')
  await pass()
  t.ok(await checked)
})

t.test('lately ends', async (t) => {
  const { clock, good, pass, flood } = setUp()
  const claims = claimsOf()
  const first = good('192.0.2.1', claims)
  await pass()
  t.ok(await first)
  clock.seconds += 3601
  await flood('192.0.2.1')
  t.equal(await good('192.0.2.1', claims), 'throttled')
})

t.test('a budget that was filled again: promptly', async (t) => {
  const { clock, ends, good, flood, pass } = setUp()
  await flood('192.0.2.1')
  await pass()
  clock.seconds += 1
  await flood('198.51.100.1')
  const running = ends.length
  void good('192.0.2.1')
  t.equal(ends.length, running + 1)
})
