// No request is begun whose answer has no room: it waits its turn before any work is done, while those of other tenants
// go on.
import t from 'tap'
import type { OnAnswer } from '../../../engine/front/dispatch/shard.js'
import { type TenantId, newId } from '../../../engine/ids.js'
import { type Ask, gatewayWith, tokenOf } from './gateway-fixture.js'

const path = '/api/v1/vault/secrets/read'
/** What was begun goes on in turns of the event loop. */
const until = async (reached: () => boolean): Promise<void> => {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 0))
}

const setUp = async () => {
  const answers: OnAnswer[] = []
  const world = gatewayWith((_item, answer) => answers.push(answer))
  const tid = newId() as TenantId
  const token = await tokenOf({ aud: 'tenant', tid })
  const other = await tokenOf({ aud: 'tenant', tid: newId() as TenantId })
  const batch = (more: Ask = {}) => world.ask('POST', path, { token, body: '{"ids":[]}', ...more })
  /** One batch is all that the share of 8 MiB has room for; the second waits. */
  const filled = async () => {
    const first = batch()
    await until(() => answers.length === 1)
    const second = batch()
    await until(() => world.answers.waiting === 1)
    return { first, second }
  }
  return { ...world, worker: answers, token, other, batch, filled }
}

const small = { status: 200, headers: {}, body: Buffer.from('[]') }

t.test('waits until there is room', async (t) => {
  const { tenants, worker, answers, filled } = await setUp()
  const { first, second } = await filled()
  t.equal(tenants.items.length, 1)
  worker[0]!(small)
  // The reply is where the listener settles it; here nobody does.
  t.match(await first, { status: 200, text: '[]' })
  await until(() => tenants.items.length === 2)
  worker[1]!(small)
  t.match(await second, { status: 200 })
  t.equal(answers.held, 4)
})

t.test('another tenant goes on meanwhile', async (t) => {
  const { tenants, filled, ask, other } = await setUp()
  await filled()
  void ask('GET', '/api/v1/users', { token: other })
  await until(() => tenants.items.length === 2)
  t.same(
    tenants.items.map(({ operation }) => operation),
    ['readSecrets', 'listUsers'],
  )
})

t.test('503 with Retry-After when it has waited for too long, and nothing was done', async (t) => {
  const { tenants, answers, clock, filled } = await setUp()
  const { second } = await filled()
  clock.seconds += 5
  answers.sweep()
  t.match(await second, {
    status: 503,
    headers: { 'retry-after': /\d/ },
    json: { code: 'overloaded' },
  })
  t.equal(tenants.items.length, 1)
})

t.test('whoever has gone meanwhile has nothing done for them', async (t) => {
  const { tenants, worker, answers, batch, filled } = await setUp()
  await filled()
  let leave = (): void => undefined
  void batch({ onAborted: (listener) => (leave = listener) })
  await until(() => answers.waiting === 2)
  leave()
  t.equal(answers.waiting, 1)
  worker[0]!(small)
  await until(() => worker.length === 2)
  worker[1]!(small)
  await until(() => answers.waiting === 0)
  t.equal(tenants.items.length, 2)
  t.equal(answers.held, 4)
})

t.test('a request that no shard takes, or whose thread dies, holds nothing', async (t) => {
  const { tenants, worker, answers, batch } = await setUp()
  tenants.isFull = true
  t.equal((await batch()).status, 503)
  t.equal(answers.held, 0)
  tenants.isFull = false
  const lost = batch()
  await until(() => worker.length === 1)
  worker[0]!({ status: 0, headers: {}, body: null })
  t.equal((await lost).status, 500)
  t.equal(answers.held, 0)
})
