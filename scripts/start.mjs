// `npm start`: builds what changed, then becomes the engine, in this same process, so that signals reach it. The build
// is a process of its own and sees none of the engine's settings.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

// Without a listener this signal opens the inspector, also while the build runs (FORMATS §9).
process.on('SIGUSR1', () => undefined)

const settings = Object.keys(process.env).filter((name) => name.startsWith('RPPAM_'))
const { status } = spawnSync(
  process.execPath,
  [fileURLToPath(new URL('build.mjs', import.meta.url)), '--runtime'],
  {
    env: { ...process.env, ...Object.fromEntries(settings.map((name) => [name, undefined])) },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
)
if (status !== 0) process.exit(status ?? 1)

// npm hands signals on, but not its own sudden death; an engine that nobody can reach by its terminal must not stay.
const npm = process.ppid
if (process.env.npm_lifecycle_event === 'start')
  setInterval(() => process.ppid !== npm && process.kill(process.pid, 'SIGTERM'), 1000).unref()

process.setSourceMapsEnabled(true)
await import('../dist/engine/main.js')
