// One verification a sign-in, whether or not the user exists; a slow pool that was overloaded once spoils nothing.
import t from 'tap'
import { ApiError } from '../../../../engine/errors.js'
import { verifyPassword } from '../../../../engine/worker/identity/password.js'
import { newId } from '../../../../engine/ids.js'
import { fakeServices } from '../../../support/tenant-context.js'

const asker = { clientAddress: '192.0.2.1', requestId: newId() }

// The stand-in is one for the whole thread: this test comes first.
t.test('the slow pool is overloaded when the stand-in is made', async (t) => {
  const services = fakeServices()
  const overloaded = (): Promise<never> => Promise.reject(new ApiError('overloaded'))
  const busy = { ...services, main: { ...services.main, hashPassword: overloaded } }
  t.equal(await verifyPassword(busy, asker, 'hash of x', 'x'), true, 'a known user needs none')
  await t.rejects(verifyPassword(busy, asker, null, 'x'), { code: 'overloaded' })
  await new Promise(setImmediate)
  t.equal(await verifyPassword(services, asker, null, 'x'), false, 'the next one is served')
})

t.test('right, wrong', async (t) => {
  const services = fakeServices()
  t.equal(await verifyPassword(services, asker, 'hash of x', 'x'), true)
  t.equal(await verifyPassword(services, asker, 'hash of x', 'y'), false)
})

t.test('without a verifier one is spent all the same, and nothing opens it', async (t) => {
  const services = fakeServices()
  const yes = { ...services, main: { ...services.main, verifyPassword: async () => true } }
  t.equal(await verifyPassword(yes, asker, null, 'x'), false)
  await verifyPassword(services, asker, null, 'x')
  t.equal(services.asked.verified.length, 1)
  t.match(services.asked.verified[0], /^hash of [0-9a-f]{32}$/)
})
