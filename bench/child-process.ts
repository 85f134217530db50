// Processes of the bench: our own modules with a channel, and others behind a watchdog. Each is in a session of its own,
// so that Ctrl-C reaches the runner alone, which then ends them in order; and each ends by itself when the runner does.
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Teardown } from './teardown.js'

export interface Process {
  readonly child: ChildProcess
  readonly pid: number
  readonly ended: Promise<void>
  /** The last of what it wrote. */
  output(): string
}

const keptOutput = 8 * 1024
const graceMs = 15_000

// The shell becomes the program (same process id); its background half ends the program when the pipe's other end,
// which only the runner holds, is gone.
const watched = '(read -r word <&3; kill -TERM $$ 2>/dev/null) & exec 3<&-; exec "$@"'

const stop = async (child: ChildProcess, ended: Promise<void>): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await ended
  clearTimeout(late)
}

const take = (child: ChildProcess, teardown: Teardown): Process => {
  if (child.pid === undefined) throw new Error('cannot start a process')
  let written = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (written = (written + chunk).slice(-keptOutput)))
  const ended = once(child, 'exit').then(() => undefined)
  teardown.defer(() => stop(child, ended))
  return { child, pid: child.pid, ended, output: () => written }
}

/** `module` is relative to this file, as built. */
export const startProcess = (module: string, teardown: Teardown): Process =>
  take(
    fork(fileURLToPath(new URL(module, import.meta.url)), {
      detached: true,
      env: { PATH: process.env['PATH'] },
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    }),
    teardown,
  )

export const startProgram = (
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd: string,
  teardown: Teardown,
): Process => {
  const child = spawn('/bin/sh', ['-c', watched, 'sh', ...command], {
    cwd,
    detached: true,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  child.stdio[3]?.on('error', () => undefined)
  void once(child, 'exit').then(() => child.stdio[3]?.destroy())
  return take(child, teardown)
}

/** The first message of a process that has just started. */
export const firstMessage = async <T>(started: Process): Promise<T> => {
  const message = once(started.child, 'message').then(([first]) => first as T)
  const failure = started.ended.then(() => {
    throw new Error(`a contender did not start:\n${started.output()}`)
  })
  return Promise.race([message, failure])
}
