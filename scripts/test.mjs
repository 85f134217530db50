// `npm test`: builds, checks types and lint, runs every test. The last line is alone `N passed, N failed`: tap's
// assertions, and one each for types, lint and imports. With arguments, files or folders of test/, only those run.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`
const start = (tool, args, stdio, more = {}) =>
  spawn(tool, args, {
    cwd: root,
    env: { ...process.env, PATH: path, TESTS_BUILT: '1', ...more },
    stdio,
  })
/** Where nobody watches, the reporter is not to draw its progress anew and anew. */
const quiet = process.stdout.isTTY ? {} : { CI: 'true' }

/** Whether it ended well. */
const ended = (child) =>
  new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message)
      resolve(false)
    })
    child.once('close', (code) => resolve(code === 0))
  })

/** What it says is shown when it has ended: others say something at the same time. */
const run = async (tool, args) => {
  const child = start(tool, args, ['ignore', 'pipe', 'pipe'])
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const ok = await ended(child)
  process.stdout.write(output)
  return ok
}

const check = async (name, ...commands) => {
  const results = await Promise.all(commands.map(([tool, ...args]) => run(tool, args)))
  const ok = results.every(Boolean)
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`)
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 }
}

// The last line of tap's own summary: `# { total: 8, pass: 6, fail: 2 }`.
const countsIn = (output) => {
  const summary = [...output.matchAll(/^# \{ total: .*\}$/gm)].at(-1)?.[0] ?? ''
  const count = (name) => Number(summary.match(new RegExp(`\\b${name}: (\\d+)`))?.[1] ?? 0)
  return { passed: count('pass'), failed: count('fail') }
}

const slowestShown = 8

/** The files that the suite's ten minutes go into. */
const slowest = (output) =>
  [...output.matchAll(/^(?:not )?ok \d+ - (\S+) # time=([\d.]+)ms$/gm)]
    .map(([, file, ms]) => ({ file, seconds: Math.round(Number(ms) / 1_000) }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, slowestShown)
    .map(({ file, seconds }) => `${seconds} s ${file}`)

const runTests = async (args) => {
  const tests = start(
    process.execPath,
    ['scripts/run-tests.mjs', ...args],
    ['ignore', 'pipe', 'inherit'],
  )
  const reporter = start('tap', ['--reporter=terse', '-'], ['pipe', 'inherit', 'inherit'], quiet)
  let output = ''
  tests.stdout.on('data', (chunk) => (output += chunk))
  tests.stdout.pipe(reporter.stdin)
  const [ok] = await Promise.all([ended(tests), ended(reporter)])
  console.log(`the slowest: ${slowest(output).join(', ')}`)
  const { passed, failed } = countsIn(output)
  // A run that failed without a failed assertion (a crash, nothing found) is a failure of its own.
  return { passed, failed: ok ? failed : Math.max(failed, 1) }
}

const checks = () => [
  check('types', ['tsc', '--noEmit']),
  check(
    'lint',
    ['eslint', '-c', 'scripts/config/eslint.config.js', '.'],
    ['prettier', '--check', '--log-level=warn', '.'],
  ),
  check('imports', ['depcruise', '-c', 'scripts/config/dependency-cruiser.cjs', 'engine']),
]

const files = process.argv.slice(2)
await build({ tests: true })
// At once: tests wait for this and that, and leave processors free.
const results = await Promise.all([...(files.length === 0 ? checks() : []), runTests(files)])
const total = (name) => results.reduce((sum, result) => sum + result[name], 0)
console.log(`${total('passed')} passed, ${total('failed')} failed`)
process.exitCode = total('failed') === 0 && total('passed') > 0 ? 0 : 1
