// A debugger, a heap snapshot or a report shows keys: what opens one stops the start in every spelling that Node.js takes,
// unless RPPAM_ALLOW_INSPECT=1.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { ConfigError, type Environment, loadConfig } from '../../../engine/config.js'
import { packageRoot } from '../../../engine/root.js'

const refusal = (env: Environment, cwd: string, flags: string[] = []): string => {
  try {
    loadConfig({ ...env }, cwd, flags)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'not refused'
}

const refused = [
  '--inspect',
  '--inspect=0.0.0.0:9229',
  '--inspect-brk=0',
  '--inspect_brk',
  '--inspect-wait',
  '--inspect-port=0',
  '--inspect-publish-uid=http',
  '--debug-port=0',
  '--heapsnapshot-signal=SIGUSR2',
  '--heapsnapshot_signal=SIGUSR2',
  '--heapsnapshot-near-heap-limit=3',
  '--heap-prof',
  '--cpu-prof',
  '--report-on-signal',
  '--report_on_fatalerror',
  '--report-uncaught-exception',
  '--report-directory=/tmp',
  '--diagnostic-dir=/tmp',
  '--abort-on-uncaught-exception',
  '--tls-keylog=/tmp/keys',
  '--experimental-config-file=node.json',
]

t.test('as an option, and in NODE_OPTIONS', async (t) => {
  for (const option of refused) {
    t.match(refusal({}, t.testdir(), ['--title=x', option]), /^the Node\.js option --\S+ shows/)
    const env = { NODE_OPTIONS: `--max-old-space-size=99  ${option}` }
    t.match(refusal(env, t.testdir()), /^the Node\.js option --\S+ shows keys/, option)
  }
})

t.test('quoted in NODE_OPTIONS', async (t) => {
  for (const NODE_OPTIONS of ['"--inspect"', '--in"spect=0"', '"--ins\\pect"'])
    t.match(refusal({ NODE_OPTIONS }, t.testdir()), /^the Node\.js option --inspect/, NODE_OPTIONS)
})

t.test('what shows nothing passes, and all of it when allowed', async (t) => {
  for (const option of ['--enable-source-maps', '--max-old-space-size=99', '--no-inspect', '-r'])
    t.equal(refusal({ NODE_OPTIONS: option }, t.testdir(), [option]), 'not refused', option)
  for (const option of refused) {
    const env = { RPPAM_ALLOW_INSPECT: '1', NODE_OPTIONS: option }
    t.equal(refusal(env, t.testdir(), [option]), 'not refused', option)
  }
  for (const RPPAM_ALLOW_INSPECT of ['', '0', 'true'])
    t.match(refusal({ RPPAM_ALLOW_INSPECT }, t.testdir(), ['--inspect']), /unless RPPAM_ALLOW_/)
})

// Options may come from a file, and SIGUSR1 may have come before our listener.
t.test('an inspector that is open already', async (t) => {
  const config = join(packageRoot, 'dist', 'tests', 'engine', 'config.js')
  const program = `
    import { open } from 'node:inspector'
    import { loadProcessConfig } from ${JSON.stringify(config)}
    if (process.argv[1] === 'inspector') open(0)
    else process.report.reportOnSignal = true
    try { loadProcessConfig(); console.log('not refused') } catch (error) { console.log(error.message) }
    process.exit()`
  const run = (kind: string, env: Environment = {}): string =>
    spawnSync(process.execPath, ['--input-type=module', '-e', program, kind], {
      cwd: t.testdir(),
      env: { PATH: process.env['PATH'], ...env },
      encoding: 'utf8',
    }).stdout
  t.match(run('inspector'), /^the Node\.js option --inspect shows keys/)
  t.match(run('report'), /^the Node\.js option --report-on-signal shows keys/)
  t.equal(run('inspector', { RPPAM_ALLOW_INSPECT: '1' }), 'not refused\n')
})
