// Five guesses in any hour, counted while they are under way, forgotten when they turn out to be none.
import t from 'tap'
import { Guesses } from '../../../../engine/front/admission/guesses.js'
import { handClock } from '../auth/signing.js'

const hourMs = 3_600_000

const setUp = (max = 100) => {
  const clock = handClock()
  return { clock, guesses: new Guesses(clock, 5, max) }
}

t.test('five, then none until the oldest is an hour old', async (t) => {
  const { clock, guesses } = setUp()
  for (let i = 0; i < 5; i++) {
    t.equal(guesses.waitMs('acme'), 0)
    t.equal(guesses.remaining('acme'), 5 - i)
    guesses.begin('acme')
    clock.seconds += 60
  }
  t.equal(guesses.waitMs('acme'), hourMs - 300_000)
  t.equal(guesses.remaining('acme'), 0)
  t.equal(guesses.waitMs('contoso'), 0)
  clock.seconds += 3_300
  t.equal(guesses.remaining('acme'), 1, 'one by one, and not all at once')
  guesses.begin('acme')
  t.equal(guesses.waitMs('acme'), 60_000)
})

t.test('under way they count; let in or not carried out they do not', async (t) => {
  const { guesses } = setUp()
  const began = Array.from({ length: 5 }, () => guesses.begin('acme'))
  t.ok(guesses.waitMs('acme') > 0)
  guesses.release('acme', began[0]!)
  t.equal(guesses.remaining('acme'), 1)
})

t.test('bounded', async (t) => {
  const { guesses } = setUp(10)
  for (let i = 0; i < 1000; i++) guesses.begin(`name ${i}`)
  t.equal(guesses.size, 10)
})
