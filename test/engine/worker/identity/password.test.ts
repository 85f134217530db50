// One verification a sign-in, whether or not the user exists; a slow pool that was overloaded once spoils nothing.
import t from 'tap'
import { ApiError } from '../../../../engine/errors.js'
import {
  chosenPassword,
  newVerifier,
  verifyPassword,
} from '../../../../engine/worker/identity/password.js'
import { newId } from '../../../../engine/ids.js'
import { fakeServices } from '../../../support/tenant-context.js'

const asker = { clientAddress: '192.0.2.1', requestId: newId() }

// The stand-in is one for the whole thread: this test comes first.
t.test('the slow pool is overloaded when the stand-in is made', async (t) => {
  const services = fakeServices()
  const overloaded = (): Promise<never> => Promise.reject(new ApiError('overloaded'))
  const busy = { ...services, main: { ...services.main, hashPassword: overloaded } }
  t.equal(await verifyPassword(busy, asker, '1:hash of x', 'x'), true, 'a known user needs none')
  await t.rejects(verifyPassword(busy, asker, null, 'x'), { code: 'overloaded' })
  await new Promise(setImmediate)
  t.equal(await verifyPassword(services, asker, null, 'x'), false, 'the next one is served')
})

t.test('right, wrong', async (t) => {
  const services = fakeServices()
  t.equal(await verifyPassword(services, asker, '1:hash of x', 'x'), true)
  t.equal(await verifyPassword(services, asker, '1:hash of x', 'y'), false)
})

t.test('without a verifier one is spent all the same, and nothing opens it', async (t) => {
  const services = fakeServices()
  const yes = { ...services, main: { ...services.main, verifyPassword: async () => true } }
  t.equal(await verifyPassword(yes, asker, null, 'x'), false)
  await verifyPassword(services, asker, null, 'x')
  t.equal(services.asked.verified.length, 1)
  t.match(services.asked.verified[0], /^hash of [0-9a-f]{32}$/)
})

t.test('chosen and checked in one form', async (t) => {
  const services = fakeServices()
  const chosen = chosenPassword('cafe\u0301 cre\u0300me\u00a0x12')
  const verifier = await newVerifier(services, asker, chosen)
  t.equal(verifier, '1:hash of caf\u00e9 cr\u00e8me x12')
  for (const typed of ['caf\u00e9 cr\u00e8me x12', 'cafe\u0301 cr\u00e8me\u3000x12'])
    t.equal(await verifyPassword(services, asker, verifier, typed), true)
  t.equal(await verifyPassword(services, asker, verifier, 'Caf\u00e9 cr\u00e8me x12'), false)
})

t.test('what nobody can choose', async (t) => {
  const refused = { code: 'validation_failed', violations: [{ pointer: '/password' }] }
  const decomposed = 'e\u0301'.repeat(6)
  for (const password of [
    'twelve chars\u200b',
    'tab\tin the middle',
    '\u0378'.repeat(12),
    decomposed,
  ])
    t.throws(() => chosenPassword(password), refused)
})

t.test(
  'a text that nobody can have chosen, and an unknown profile: one dummy, then no',
  async (t) => {
    for (const [verifier, password] of [
      ['1:hash of -', 'tab\t'],
      ['1:hash of -', 'x'.repeat(1025)],
      ['2:hash of x', 'x'],
      ['hash of x', 'x'],
    ] as const) {
      const services = fakeServices()
      t.equal(await verifyPassword(services, asker, verifier, password), false)
      t.match(services.asked.verified, [/^hash of [0-9a-f]{32}$/])
      t.equal(services.asked.verified.length, 1)
    }
  },
)
