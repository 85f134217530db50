// Runs compiled tests (dist/tests/), each file a process of its own; prints TAP. Arguments are files or folders of test/;
// how many at a time and how long at most is said in package.json ("tap"). They are compiled because tap's loaders cost every file two seconds, which the compiler needs for
// all of them together.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
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
const files = (asked.length > 0 ? asked : ['test'])
  .flatMap((path) => filesBelow(resolve(root, path)))
  .filter(isTest)
  .map((file) => relative(root, file))
  .sort()
  .sort(systemFirst)

t.jobs = jobs
t.setTimeout(0)
const env = { ...process.env, TAP_TIMEOUT: String(timeout) }
for (const file of new Set(files)) {
  const compiled = join('dist/tests', file.replace(/ts$/, 'js'))
  // Without what tap would load into each process, and into every process that a test starts: those may run as somebody
  // who cannot read our folder.
  const args = ['-u', 'NODE_OPTIONS', process.execPath, '--enable-source-maps', compiled]
  void t.spawn('env', args, { cwd: root, env, buffered: true, timeout: timeout * 1_000 }, file)
}
