// Core dumps are forbidden at the start, by prlimit(1) where the limit is not 0 already.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { forbidCoreDumps } from '../../../engine/preflight/core-dumps.js'

const limits = (soft: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax core file size        ${soft.padEnd(20)} unlimited            bytes     \n`

t.test('where there are none, nothing is done', async (t) => {
  const setNone = (): void => void t.fail('the limit is 0')
  t.equal(forbidCoreDumps({ limits: () => limits('0'), setNone }), null)
})

t.test('where there may be some, they are forbidden', async (t) => {
  let soft = 'unlimited'
  const setNone = (): void => void (soft = '0')
  t.equal(forbidCoreDumps({ limits: () => limits(soft), setNone }), null)
  t.equal(soft, '0')
})

t.test('where they cannot be, a line says so', async (t) => {
  for (const text of [limits('1024'), limits('unlimited'), ''])
    t.match(forbidCoreDumps({ limits: () => text, setNone: () => undefined }), /LimitCORE=0/)
})

const url = new URL('../../../engine/preflight/core-dumps.js', import.meta.url).href
const program = `import { readFileSync } from 'node:fs'
  import { forbidCoreDumps } from ${JSON.stringify(url)}
  const said = forbidCoreDumps()
  console.log(said, /^Max core file size +(\\S+) +(\\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')).slice(1).join(' '))`

/** Raises the limit for one that it then starts. */
const mayDump = (...command: readonly string[]) =>
  spawnSync('prlimit', ['--core=4096:4096', ...command])
const skip =
  mayDump('true').status === 0 ? false : 'needs prlimit(1), and a hard limit that allows a dump'

t.test('a process that may dump may not any more, nor what it starts', { skip }, async (t) => {
  const { stdout } = mayDump(process.execPath, '--input-type=module', '--eval', program)
  t.equal(stdout.toString().trim(), 'null 0 0')
})
