// A value counts in the first bucket that holds it.
import t from 'tap'
import { Tally } from '../../engine/tally.js'

t.test('buckets and sum', async (t) => {
  const tally = new Tally([1, 10])
  for (const value of [0, 1, 1.5, 10, 11]) tally.add(value)
  t.strictSame(tally.read(), { bounds: [1, 10], counts: [2, 2, 1], sum: 23.5 })
})
