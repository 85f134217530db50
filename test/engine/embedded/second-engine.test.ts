// Two engines never share a data folder: the second one is refused with one line, the first one is unharmed.
import { join } from 'node:path'
import { renameSync, rmSync } from 'node:fs'
import postgres from 'postgres'
import t from 'tap'
import { ownData, ownFolder, startOwner } from '../../support/owner.js'

t.test('refused while the first one lives', async (t) => {
  const dataDir = await ownData(t)
  const first = await startOwner(t, dataDir)
  const second = await startOwner(t, dataDir)
  t.equal(second.error, `${dataDir} is in use by another engine (process ${first.process.pid})`)
  const sql = postgres(first.url, { max: 1 })
  t.equal((await sql`select 1`).length, 1)
  await sql.end()
})

t.test('of several at once one wins', async (t) => {
  const dataDir = join(ownFolder(t), 'data')
  const owners = await Promise.all([1, 2, 3, 4].map(() => startOwner(t, dataDir)))
  t.equal(owners.filter(({ error }) => error === '').length, 1)
  for (const { error } of owners) t.match(error, /^$|is in use by another engine/)
})

t.test('half an installation is not started anew', async (t) => {
  const dataDir = await ownData(t)
  await (await startOwner(t, dataDir)).stop()
  const cluster = join(dataDir, 'postgres')
  renameSync(cluster, `${cluster}.away`)
  t.match((await startOwner(t, dataDir)).error, /postgres is missing: restore it/)
  renameSync(`${cluster}.away`, cluster)
  rmSync(join(dataDir, 'database.json'))
  t.match((await startOwner(t, dataDir)).error, /database\.json is missing: restore it/)
})
