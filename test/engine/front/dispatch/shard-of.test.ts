// The same shard for as long as their number, and about as many tenants in each.
import t from 'tap'
import { shardOf } from '../../../../engine/front/dispatch/shard-of.js'
import { type TenantId, newId } from '../../../../engine/ids.js'

t.test('FNV-1a, frozen: another thread would be a second writer', async (t) => {
  const id = '0192f0c1-1111-7000-8000-000000000001' as TenantId
  t.same(
    [1, 2, 3, 7, 64].map((shards) => shardOf(id, shards)),
    [0, 1, 0, 6, 35],
  )
})

t.test('ids of one moment are spread over all', async (t) => {
  for (const shards of [2, 3, 8]) {
    const counts = new Array<number>(shards).fill(0)
    for (let i = 0; i < 8_000; i++) counts[shardOf(newId() as TenantId, shards)]!++
    const fair = 8_000 / shards
    t.ok(
      counts.every((count) => count > fair * 0.8 && count < fair * 1.2),
      counts.join(' '),
    )
  }
})
