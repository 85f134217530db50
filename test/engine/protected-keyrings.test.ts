import t from 'tap'
import { protectedKeyrings } from '../../engine/protected-keyrings.js'

t.test('all threads together take less than half of the maps', async (t) => {
  for (const shards of [1, 3, 63, 255])
    for (const maps of [65_530, 262_144]) {
      const each = protectedKeyrings(shards, maps)
      t.ok(each * 4 * (shards + 1) <= maps / 2)
    }
  t.equal(protectedKeyrings(1, 65_530), 4_095)
  t.equal(protectedKeyrings(255, 1_000), 0, 'plain memory then')
  t.ok(protectedKeyrings(1) > 256, 'of this machine')
})
