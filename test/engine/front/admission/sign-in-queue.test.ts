// Places before authentication: networks take turns, and neither a network nor a name takes them all; who must wait is
// told by load alone.
import t from 'tap'
import {
  SignInQueue,
  type SignInQueueOptions,
} from '../../../../engine/front/admission/sign-in-queue.js'

const generous = { places: 2, perNetwork: 9, perName: 9, waiting: 99, waitingPerNetwork: 99 }

const setUp = (more: Partial<SignInQueueOptions> = {}) => {
  const timers: (() => void)[] = []
  const queue = new SignInQueue({
    ...generous,
    maxWaitMs: 20_000,
    schedule: (work) => void timers.push(work),
    ...more,
  })
  const admitted: string[] = []
  const refused: string[] = []
  const leaves: (() => void)[] = []
  const enter = (network: string, name = network): void =>
    void queue.enter(network, name).then(
      (leave) => (admitted.push(`${network}/${name}`), leaves.push(leave)),
      (error: { code: string }) => refused.push(`${network}/${name} ${error.code}`),
    )
  const settled = () => new Promise(setImmediate)
  const leave = async (): Promise<void> => {
    await settled()
    leaves.shift()?.()
    await settled()
  }
  return { queue, admitted, refused, leaves, timers, enter, leave, settled }
}

t.test('as many at once as there are places, then networks take turns', async (t) => {
  const { enter, leave, admitted } = setUp()
  for (let i = 0; i < 5; i++) enter('storm', `${i}`)
  enter('acme')
  enter('contoso')
  await leave()
  t.strictSame(admitted, ['storm/0', 'storm/1', 'storm/2'])
  for (let i = 0; i < 4; i++) await leave()
  const turns = ['acme/acme', 'contoso/contoso', 'storm/3', 'storm/4']
  t.strictSame(admitted.slice(3), turns)
})

t.test('of one network so many at once, whatever names it gives', async (t) => {
  const { enter, leave, admitted, settled } = setUp({ places: 9, perNetwork: 2 })
  for (let i = 0; i < 5; i++) enter('storm', `${i}`)
  enter('acme')
  await settled()
  t.strictSame(admitted, ['storm/0', 'storm/1', 'acme/acme'])
  await leave()
  t.equal(admitted.at(-1), 'storm/2')
})

t.test('for one name so many at once, from wherever; others pass them by', async (t) => {
  const { enter, leave, admitted, settled } = setUp({ places: 9, perName: 2 })
  for (let i = 0; i < 5; i++) enter(`network ${i}`, 'busy')
  enter('network 4', 'quiet')
  await settled()
  t.strictSame(admitted, ['network 0/busy', 'network 1/busy', 'network 4/quiet'])
  await leave()
  t.equal(admitted.at(-1), 'network 2/busy')
})

t.test('a place is given back once, however often', async (t) => {
  const { enter, leaves, admitted, settled } = setUp({ places: 1 })
  for (const name of ['a', 'b', 'c']) enter('acme', name)
  await settled()
  for (let i = 0; i < 3; i++) leaves[0]!()
  await settled()
  t.strictSame(admitted, ['acme/a', 'acme/b'])
})

t.test('too many of one network are refused at once, and of others are not', async (t) => {
  const { enter, refused, settled, queue } = setUp({ waitingPerNetwork: 3 })
  for (let i = 0; i < 6; i++) enter('storm', `${i}`)
  enter('acme')
  await settled()
  t.strictSame(refused, ['storm/5 overloaded'])
  t.equal(queue.waiting, 4)
})

t.test('of too many in all, the last of the longest line gives way', async (t) => {
  const { enter, refused, settled, queue } = setUp({ waiting: 4 })
  for (let i = 0; i < 6; i++) enter('storm', `${i}`)
  enter('acme')
  await settled()
  t.strictSame(refused, ['storm/5 overloaded'])
  t.equal(queue.waiting, 4)
})

t.test('nobody stays for longer than they may, and who is served is left alone', async (t) => {
  const { enter, leave, timers, refused, admitted, settled, queue } = setUp({ places: 1 })
  for (const name of ['a', 'b', 'c']) enter('acme', name)
  await leave()
  t.equal(timers.length, 2, 'only those who had to wait')
  for (const timer of timers) timer()
  await settled()
  t.strictSame([admitted, refused], [['acme/a', 'acme/b'], ['acme/c overloaded']])
  t.equal(queue.waiting, 0)
})
