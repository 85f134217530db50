// `npm start`: builds what changed, then becomes the engine, in this same process, so that signals reach it. The build
// is a process of its own and sees none of the engine's settings.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

// From the first moment and for ever: without a listener, even for an instant, a signal kills. What is heard before the
// engine listens for itself ends the build, or is handed on.
let heard = null
let build = null
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    heard ??= signal
    build?.kill()
  })
// Without a listener this signal opens the inspector, also while the build runs (FORMATS §9).
process.on('SIGUSR1', () => undefined)

const settings = Object.keys(process.env).filter((name) => name.startsWith('RPPAM_'))
build = spawn(
  process.execPath,
  [fileURLToPath(new URL('build.mjs', import.meta.url)), '--runtime'],
  {
    env: { ...process.env, ...Object.fromEntries(settings.map((name) => [name, undefined])) },
    // Off a terminal stdout carries the engine's log and nothing else.
    stdio: ['ignore', 2, 2],
  },
)
const [status] = await once(build, 'exit')
build = null
// Nothing was started that would have to be drained.
if (heard !== null) process.exit(0)
if (status !== 0) process.exit(status ?? 1)

// npm hands signals on, but not its own sudden death; an engine that nobody can reach by its terminal must not stay.
const npm = process.ppid
const watch = setInterval(() => {
  if (process.ppid === npm) return
  // Once: a second signal would cut the drain short.
  clearInterval(watch)
  process.kill(process.pid, 'SIGTERM')
}, 1000).unref()
if (process.env.npm_lifecycle_event !== 'start') clearInterval(watch)

process.setSourceMapsEnabled(true)
await import('../dist/engine/main.js')
if (heard !== null) process.emit(heard, heard)
