// Promise: whatever an answer has no room for is asked for again, until every secret has its row.
import t from 'tap'
import { tenantGround } from './support/clients.js'
import type { Answering } from './support/server.js'

const read = 'POST /api/v1/vault/secrets/read'

/** An engine whose answers have room for so many. */
const withRoomFor =
  (room: number): Answering =>
  ({ body }) => ({
    json: (body as { ids: string[] }).ids.map((id, at) =>
      at < room
        ? { id, version: 1, fields: { password: id } }
        : { id, error: { code: 'answer_too_large' } },
    ),
  })

const ids = Array.from({ length: 120 }, (_, at) => `id-${at}`)

t.test('asked for again, from where it ended', async (t) => {
  const { server, client } = await tenantGround(t, { [read]: withRoomFor(50) })
  const rows = await client.vault.readSecrets({ ids })
  t.strictSame(
    rows.map((row) => ('fields' in row ? row.fields['password'] : row.error)),
    ids,
  )
  t.equal(server.count(read), 3)
  t.match(server.asked.at(-1)?.body, { ids: ids.slice(100) })
})

t.test('one at a time, if that is all there is room for', async (t) => {
  const { server, client } = await tenantGround(t, { [read]: withRoomFor(1) })
  const rows = await client.vault.readSecrets({ ids: ids.slice(0, 5) })
  t.ok(rows.every((row) => 'fields' in row))
  t.equal(server.count(read), 5)
})

t.test('an answer without a single secret is not asked for for ever', async (t) => {
  const { server, client } = await tenantGround(t, { [read]: withRoomFor(0) })
  const rows = await client.vault.readSecrets({ ids: ids.slice(0, 5) })
  t.match(rows, Array(5).fill({ error: { code: 'answer_too_large' } }))
  t.equal(server.count(read), 1)
})
