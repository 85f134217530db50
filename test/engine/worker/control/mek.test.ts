// A MEK is made at the first start and never again: one that is missing later stops the start.
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkMek, openMek } from '../../../../engine/worker/control/mek.js'

const fileIn = (t: Test): string => join(t.testdir({}), 'data', 'mek.key')
const inFile = (file: string) => ({ provider: 'file', file, text: null }) as const

t.test('made once, private, and opened again', async (t) => {
  const file = fileIn(t)
  const first = await openMek(inFile(file), false)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.equal(statSync(join(file, '..')).mode & 0o777, 0o700)
  const text = readFileSync(file)
  for (const initialised of [false, true])
    t.same((await openMek(inFile(file), initialised)).currentKeyId, first.currentKeyId)
  t.same(readFileSync(file), text)
})

t.test('initialised and missing: refused, and nothing is made', async (t) => {
  const file = fileIn(t)
  await t.rejects(openMek(inFile(file), true), { message: /is missing: restore it$/ })
  t.notOk(existsSync(join(file, '..')))
})

t.test('two first starts at once use one key', async (t) => {
  const file = fileIn(t)
  await openMek(inFile(file), false)
  const [one, two] = await Promise.all([openMek(inFile(file), false), openMek(inFile(file), false)])
  t.same(one.currentKeyId, two.currentKeyId)
})

t.test('open to others, or damaged: refused in one line without a key', async (t) => {
  const file = fileIn(t)
  await openMek(inFile(file), false)
  const text = readFileSync(file, 'utf8')
  chmodSync(file, 0o640)
  await t.rejects(openMek(inFile(file), false), { message: /cannot be used: .*chmod 600/ })
  chmodSync(file, 0o600)
  for (const damaged of ['', text.slice(0, -9), `${text}x`, 'nonsense'] as const) {
    writeFileSync(file, damaged)
    const error = (await openMek(inFile(file), false).catch((e: unknown) => e)) as Error
    t.match(error.message, /^keys\.mekFile: the MEK in .* cannot be used: [^\n]+$/)
    t.notMatch(error.message, text.split(' ')[2]?.trim().slice(0, 20) ?? 'x')
    t.equal(readFileSync(file, 'utf8'), damaged, 'and left as it is')
  }
})

t.test('from the environment', async (t) => {
  const key = Buffer.alloc(32, 7).toString('base64')
  const environment = (text: string | null) =>
    openMek({ provider: 'environment', file: '/nowhere/mek.key', text }, true)
  t.equal((await environment(key)).currentKeyId.length, 8)
  for (const text of [null, '', 'short', `${key}${key}`])
    await t.rejects(environment(text), { message: /^RPPAM_KEYS_MEK cannot be used: [^\n]+$/ })
})

t.test('looked at before anything is made', async (t) => {
  const file = fileIn(t)
  await checkMek(inFile(file))
  t.notOk(existsSync(join(file, '..')), 'nothing is made')
  await t.rejects(checkMek(inFile('/proc/1/mek.key')), {
    message:
      /^keys\.mekFile: \/proc\/1\/mek\.key does not exist and cannot be made \(.*\): restore it/,
  })
  mkdirSync(join(file, '..'))
  writeFileSync(file, 'nonsense', { mode: 0o600 })
  await t.rejects(checkMek(inFile(file)), { message: /^keys\.mekFile: .* line 1 is not/ })
  await t.rejects(checkMek(inFile(join(file, 'below'))), {
    message: /^keys\.mekFile: .* cannot be read: a part of the path is no folder \(ENOTDIR\)$/,
  })
})
