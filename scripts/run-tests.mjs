// Runs compiled tests (dist/tests/), each file a process of its own; prints TAP. Arguments are files or folders of test/;
// how many at a time and how long at most is said in package.json ("tap"). They are compiled because tap's loaders cost
// every file two seconds, which the compiler needs for all of them together. Tests that share an engine or a server with
// the others of their folder (test/support/shared.ts) find it at $TESTS_SHARED, the socket of its owner.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** `timeout`: seconds, of a file and of each of its tests. */
const { jobs, timeout } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).tap

const filesBelow = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name))
    : [path]

const isTest = (file) => file.endsWith('.test.ts')

// Those that start engines take longest: begun last, one of them would run alone at the end.
const systemFirst = (a, b) =>
  Number(b.startsWith('test/system/')) - Number(a.startsWith('test/system/'))

const asked = process.argv.slice(2)
const found = (asked.length > 0 ? asked : ['test'])
  .flatMap((path) => filesBelow(resolve(root, path)))
  .filter(isTest)
  .map((file) => relative(root, file))
  .sort()
  .sort(systemFirst)
const files = [...new Set(found)]

const shares = (file) => /\bshared(Engine|Server)\(/.test(readFileSync(join(root, file), 'utf8'))

/** Those that share something and have not ended, by their folder. */
const sharing = new Map()
for (const file of files.filter(shares))
  sharing.set(dirname(file), (sharing.get(dirname(file)) ?? new Set()).add(file))
const failed = new Set()

/** Ends with its stdin, and so with us, however we end. */
const startOwner = async () => {
  const script = 'dist/tests/test/support/shared-owner.js'
  const child = spawn(process.execPath, ['--enable-source-maps', script], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  child.stdin.on('error', () => undefined)
  const exited = once(child, 'exit')
  const lines = createInterface(child.stdout)
  const [socket] = await Promise.race([once(lines, 'line'), exited.then(() => [])])
  if (socket === undefined) throw new Error('nobody owns what tests share')
  return { stdin: child.stdin, exited, socket }
}

const owner = sharing.size > 0 ? await startOwner() : undefined

const noteEnd = (file, ok) => {
  const folder = dirname(file)
  if (!sharing.get(folder)?.delete(file)) return
  if (!ok) failed.add(folder)
  if (sharing.get(folder).size === 0)
    owner.stdin.write(`${JSON.stringify({ folder, ok: !failed.has(folder) })}\n`)
}

const endOwner = async () => {
  owner.stdin.end()
  const [code] = await owner.exited
  if (code !== 0) t.fail('what tests share did not live and end as it should')
}

t.jobs = jobs
t.setTimeout(0)
const env = {
  ...process.env,
  TAP_TIMEOUT: String(timeout),
  ...(owner ? { TESTS_SHARED: owner.socket } : {}),
}
const run = async (file) => {
  const compiled = join('dist/tests', file.replace(/ts$/, 'js'))
  // Without what tap would load into each process, and into every process that a test starts: those may run as somebody
  // who cannot read our folder.
  const args = ['-u', 'NODE_OPTIONS', process.execPath, '--enable-source-maps', compiled]
  const options = { cwd: root, env, buffered: true, timeout: timeout * 1_000 }
  const results = await t.spawn('env', args, options, file)
  noteEnd(file, results?.ok === true)
}
await Promise.all(files.map(run))
if (owner) await endOwner()
