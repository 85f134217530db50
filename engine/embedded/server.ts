// The running server: a session of its own, so that Ctrl-C at a terminal never reaches it, and a watchdog on a pipe
// that only this process holds, so that the server ends when the engine does, however that ends.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../log.js'
import { postmasterOf } from './postmaster.js'
import type { Credentials } from './account.js'
import type { BinaryFolder } from './binaries.js'
import { here, serverEnvironment } from './cluster.js'
import { serverArguments } from './settings.js'

export interface ServerOptions {
  readonly binaries: BinaryFolder
  readonly cluster: string
  readonly logFile: string
  readonly credentials: Credentials
  readonly maxConnections: number
  readonly log: Log
}

export interface Server {
  readonly port: number
  readonly pid: number
  /** Resolves when the server has ended, asked or not. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

// The shell becomes the server (same process id); its background half waits at the pipe. The pipe's end without the
// word `done` is the engine's death: stop at once, WAL brings everything back at the next start.
const watched = '(read -r word <&3; [ "$word" = done ] || kill -QUIT $$) & exec 3<&-; exec "$@"'

/** The checkpoint of a fast shutdown writes whatever was changed: after many new databases that takes seconds. */
const fastShutdownMs = 30_000
const pollMs = 10
const largestLog = 16 * 1024 * 1024

const openLog = (file: string): number => {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largestLog)
    renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

const launch = (options: ServerOptions, port: number, logFile: number): ChildProcess =>
  spawn(
    '/bin/sh',
    [
      '-c',
      watched,
      'sh',
      join(options.binaries, 'bin', 'postgres'),
      '-D',
      here,
      ...serverArguments(port, options.maxConnections),
    ],
    {
      ...options.credentials,
      cwd: options.cluster,
      env: serverEnvironment,
      stdio: ['ignore', logFile, logFile, 'pipe'],
      detached: true,
    },
  )

const isReady = (cluster: string, pid: number): boolean => {
  const found = postmasterOf(cluster)
  return found?.pid === String(pid) && found.state === 'ready'
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined

/** Recovery after a kill takes as long as it takes: this waits while the server lives. */
const untilReady = async (child: ChildProcess, options: ServerOptions): Promise<boolean> => {
  for (let polls = 1; !hasEnded(child); polls++) {
    if (isReady(options.cluster, child.pid!)) return true
    if (polls % 1000 === 0) options.log.info('the embedded PostgreSQL is recovering')
    await pause(pollMs)
  }
  return false
}

const lastFatal = (logged: string): string =>
  logged.match(/(?:FATAL|PANIC): {2}(.*)$/m)?.[1] ?? logged.trim().split('\n').at(-1) ?? ''

const asServer = (child: ChildProcess, port: number): Server => {
  const pipe = child.stdio[3] as Writable
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  // The engine must be able to end without stopping the server: the watchdog does it then.
  child.unref()
  ;(pipe as unknown as { unref(): void }).unref()
  pipe.on('error', () => undefined)
  const dismissWatchdog = (): void => {
    if (!pipe.writableEnded) pipe.end('done\n')
  }
  void ended.then(dismissWatchdog)
  const stop = async (): Promise<void> => {
    if (hasEnded(child)) return
    child.ref()
    child.kill('SIGINT')
    // Should the engine be gone first, the server ends its checkpoint all the same: the next start need not recover.
    dismissWatchdog()
    const late = setTimeout(() => child.kill('SIGQUIT'), fastShutdownMs)
    await ended
    clearTimeout(late)
  }
  return { port, pid: child.pid!, ended, stop }
}

const tryStart = async (options: ServerOptions): Promise<Server | string> => {
  const port = await freePort()
  const logFile = openLog(options.logFile)
  const before = fstatSync(logFile).size
  const child = launch(options, port, logFile)
  closeSync(logFile)
  const failure = once(child, 'error').then(([error]) => (error as Error).message)
  failure.catch(() => undefined)
  if (child.pid === undefined) return await failure
  if (await untilReady(child, options)) return asServer(child, port)
  return readFileSync(options.logFile).subarray(before).toString()
}

/** @throws Error one line with what the server said last */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryStart(options)
    if (typeof outcome !== 'string') return outcome
    // Somebody took the port between our look and the server's.
    if (attempt < 5 && /could not (bind|create any TCP\/IP sockets)/.test(outcome)) continue
    throw new Error(
      `the embedded PostgreSQL did not start: ${lastFatal(outcome)} (see ${options.logFile})`,
    )
  }
}
