// Whether a network is known is asked elsewhere, seldom, and never holds up another network.
import t from 'tap'
import { KnownNetworks } from '../../../../engine/front/admission/known-networks.js'
import { type TenantId, newId } from '../../../../engine/ids.js'
import { handClock } from '../auth/signing.js'

const setUp = (max = 100) => {
  const asked: string[] = []
  const answers: { give(isKnown: boolean): void; fail(): void }[] = []
  const clock = handClock()
  const networks = new KnownNetworks({
    ask: (tenant, network) => {
      asked.push(`${JSON.stringify(tenant)} ${network}`)
      return new Promise((give, fail) =>
        answers.push({ give, fail: () => fail(new Error('away')) }),
      )
    },
    clock,
    max,
  })
  const settled = () => new Promise(setImmediate)
  const isKnown = async (code: string, network: string, answer: boolean): Promise<boolean> => {
    const known = networks.isKnown({ code }, network)
    await settled()
    answers.pop()?.give(answer)
    return known
  }
  return { networks, asked, answers, clock, settled, isKnown }
}

t.test('as it was answered; remembered for a moment, in any case of the code', async (t) => {
  const { isKnown, asked, clock } = setUp()
  t.equal(await isKnown('acme', '192.0.2.0/24', true), true)
  t.equal(await isKnown('ACME', '192.0.2.0/24', false), true)
  t.equal(await isKnown('contoso', '192.0.2.0/24', false), false)
  t.equal(await isKnown('acme', '198.51.100.0/24', false), false)
  t.equal(asked.length, 3)
  clock.seconds += 10
  t.equal(await isKnown('acme', '192.0.2.0/24', false), false)
})

t.test('by id, by code and the management plane are asked for apart', async (t) => {
  const { networks, asked, answers, settled } = setUp()
  const id = newId() as TenantId
  for (const tenant of [{ id }, { code: id }, null]) {
    void networks.isKnown(tenant, '192.0.2.0/24')
    await settled()
    answers.pop()!.give(true)
    await settled()
  }
  t.equal(new Set(asked).size, 3)
})

t.test('after somebody was let in it is asked anew', async (t) => {
  const { networks, isKnown } = setUp()
  t.equal(await isKnown('acme', '192.0.2.0/24', false), false)
  networks.forget({ code: 'Acme' }, '192.0.2.0/24')
  t.equal(await isKnown('acme', '192.0.2.0/24', true), true)
})

t.test('who cannot be asked knows nothing, and is asked again', async (t) => {
  const { networks, answers, isKnown, settled } = setUp()
  const known = networks.isKnown({ code: 'acme' }, '192.0.2.0/24')
  await settled()
  answers.pop()!.fail()
  t.equal(await known, false)
  t.equal(await isKnown('acme', '192.0.2.0/24', true), true)
})

t.test('of one network one question at a time, others are not held up', async (t) => {
  const { networks, asked, settled } = setUp()
  for (let i = 0; i < 50; i++) void networks.isKnown({ code: `name${i}` }, '203.0.113.0/24')
  void networks.isKnown({ code: 'acme' }, '192.0.2.0/24')
  await settled()
  t.strictSame(asked, ['{"code":"name0"} 203.0.113.0/24', '{"code":"acme"} 192.0.2.0/24'])
})

t.test('bounded', async (t) => {
  const { networks, isKnown } = setUp(10)
  for (let i = 0; i < 100; i++) await isKnown(`name${i}`, '192.0.2.0/24', false)
  t.equal(networks.size, 10)
})
