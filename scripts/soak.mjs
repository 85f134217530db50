// `npm run soak`: builds, then runs the long tests of test/soak/ one after the other, each in a process of its own, and
// shows what they say as they say it. Arguments name files (`killed` is enough); RPPAM_TEST_… sets what each takes
// (test/soak/README.md). RPPAM_TEST_LIMIT_MINUTES bounds each.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const suffix = '.soak.ts'
const limitSeconds = Number(process.env.RPPAM_TEST_LIMIT_MINUTES ?? 120) * 60
/** What a test that was told to end may take to clean up. */
const graceSeconds = 60

const all = readdirSync(join(root, 'test', 'soak'))
  .filter((name) => name.endsWith(suffix))
  .map((name) => basename(name, suffix))
  .sort()
const asked = process.argv.slice(2).map((name) => basename(name).replace(/\.soak\.[tj]s$/, ''))
const unknown = asked.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`no such test: ${unknown.join(', ')}; there are ${all.join(', ')}`)
  process.exit(2)
}

/** Whether it held. */
const run = async (name) => {
  const began = Date.now()
  console.log(`# ${name}`)
  const script = join('dist', 'tests', 'test', 'soak', `${name}.soak.js`)
  const child = spawn(process.execPath, ['--enable-source-maps', script], {
    cwd: root,
    env: { ...process.env, TESTS_BUILT: '1', TAP_TIMEOUT: String(limitSeconds) },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const late = setTimeout(() => child.kill('SIGKILL'), (limitSeconds + graceSeconds) * 1_000)
  const [code] = await once(child, 'exit')
  clearTimeout(late)
  console.log(
    `# ${name}: ${code === 0 ? 'ok' : 'FAILED'}, ${Math.round((Date.now() - began) / 1_000)} s`,
  )
  return code === 0
}

await build({ tests: true })
let failed = 0
for (const name of asked.length > 0 ? asked : all) if (!(await run(name))) failed++
process.exitCode = failed === 0 ? 0 : 1
