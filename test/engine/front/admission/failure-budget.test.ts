// A bucket a network: drained by failures, filled by time, bounded in number.
import t from 'tap'
import { FailureBudget } from '../../../../engine/front/admission/failure-budget.js'
import { handClock } from '../auth/signing.js'

const takeAll = (budget: FailureBudget, address: string): number => {
  let taken = 0
  while (taken < 1000 && budget.take(address)) taken++
  return taken
}

t.test('drained and filled', async (t) => {
  const clock = handClock()
  const budget = new FailureBudget({ clock, burst: 10, perSecond: 2, max: 10 })
  t.equal(takeAll(budget, '192.0.2.1'), 10)
  t.equal(takeAll(budget, '192.0.2.99'), 0)
  t.equal(takeAll(budget, '192.0.3.1'), 10)
  clock.seconds += 2
  t.equal(takeAll(budget, '192.0.2.1'), 4)
  clock.seconds += 3600
  t.equal(takeAll(budget, '192.0.2.1'), 10, 'never above its size')
  budget.giveBack('192.0.2.1')
  t.equal(takeAll(budget, '192.0.2.1'), 1)
})

t.test('a clock that goes back gives nothing', async (t) => {
  const clock = handClock()
  const budget = new FailureBudget({ clock, burst: 1, perSecond: 1, max: 10 })
  takeAll(budget, '192.0.2.1')
  clock.seconds -= 100
  t.equal(takeAll(budget, '192.0.2.1'), 0)
})

t.test('bounded', async (t) => {
  const budget = new FailureBudget({ clock: handClock(), burst: 1, perSecond: 1, max: 10 })
  for (let i = 0; i < 200; i++) budget.take(`10.0.${i}.1`)
  t.equal(budget.size, 10)
})
