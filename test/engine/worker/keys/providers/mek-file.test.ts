import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createMekFile, openMekFile } from '../../../../../engine/worker/keys/providers/mek-file.js'
import { MekError } from '../../../../../engine/worker/keys/providers/mek-lines.js'
import { mekProviderConformance } from '../../../../suites/mek-provider.js'
import { readVectors } from '../../../../vectors/read.js'

const folder = t.testdir()
const [path, otherPath] = [join(folder, 'mek.key'), join(folder, 'other.key')]
const created = await createMekFile(path)
await createMekFile(otherPath)

mekProviderConformance(
  () => openMekFile(path),
  () => openMekFile(otherPath),
)

t.test('a new file holds one line for its owner alone', async (t) => {
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.match(readFileSync(path, 'latin1'), /^rppam-mek-1 [0-9a-f]{16} [A-Za-z0-9+/]{43}=\n$/)
  t.match(readFileSync(path, 'latin1'), created.currentKeyId.toString('hex'))
  t.notSame(readFileSync(path), readFileSync(otherPath))
})

t.test('never overwrites a file, not even an empty one', async (t) => {
  const before = readFileSync(path)
  await t.rejects(createMekFile(path), { code: 'EEXIST' })
  t.same(readFileSync(path), before)
  const empty = join(folder, 'empty.key')
  writeFileSync(empty, '', { mode: 0o600 })
  await t.rejects(createMekFile(empty), { code: 'EEXIST' })
  await t.rejects(createMekFile(join(folder, 'no', 'folder')), { code: 'ENOENT' })
})

t.test('of many at once one makes it, and all read the same key', async (t) => {
  const shared = join(folder, 'shared.key')
  const made = await Promise.allSettled(Array.from({ length: 8 }, () => createMekFile(shared)))
  const winners = made.filter((each) => each.status === 'fulfilled')
  t.equal(winners.length, 1)
  t.same((await openMekFile(shared)).currentKeyId, winners[0]?.value.currentKeyId)
})

t.test('a missing file is told, and not made', async (t) => {
  const missing = join(folder, 'missing.key')
  await t.rejects(openMekFile(missing), { code: 'ENOENT' })
  t.throws(() => statSync(missing), { code: 'ENOENT' })
})

t.test('refuses a file that anyone else may read or write', async (t) => {
  for (const mode of [0o640, 0o604, 0o620, 0o602, 0o644, 0o666, 0o610]) {
    chmodSync(path, mode)
    await t.rejects(openMekFile(path), MekError, mode.toString(8))
  }
  for (const mode of [0o600, 0o400]) {
    chmodSync(path, mode)
    t.same((await openMekFile(path)).currentKeyId, created.currentKeyId)
  }
})

t.test('refuses what is empty, damaged, huge or no file', async (t) => {
  const { lines } = readVectors<{ lines: string }>('mek-lines')
  const write = async (text: string): Promise<unknown> => {
    writeFileSync(join(folder, 'text.key'), text, { mode: 0o600 })
    return openMekFile(join(folder, 'text.key'))
  }
  await t.resolves(write(lines))
  for (const text of ['', '\n', lines.slice(0, 60), lines.replace('\n', '\n\n'), `${lines}x`])
    await t.rejects(write(text), MekError)
  await t.rejects(write('x'.repeat(1_000_000)), MekError)
  const directory = join(folder, 'directory')
  mkdirSync(directory, { mode: 0o700 })
  await t.rejects(openMekFile(directory), MekError)
  const pipe = join(folder, 'pipe.key')
  execFileSync('mkfifo', ['-m', '600', pipe])
  await t.rejects(openMekFile(pipe), MekError)
})
