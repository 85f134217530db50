// Makes a cluster with initdb: complete or not at all. The password reaches initdb through a file that is already
// deleted when initdb opens it, and it must never be in an argument, a variable or a file that stays.
import { spawn } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  fchownSync,
  fsyncSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import type { Account, Credentials } from './account.js'
import { administratorRole } from './access.js'
import type { BinaryFolder } from './binaries.js'
import { clearPredecessor } from './predecessor.js'

/** The folder a process is started in, whoever may walk there: the server never needs the path above it. */
export const here = '/proc/self/cwd'

/** Nothing of the engine's own environment is handed on. */
export const serverEnvironment = { LC_ALL: 'C.UTF-8', TZ: 'UTC', PATH: '/usr/bin:/bin' }

const options = [
  `--pgdata=${here}`,
  `--username=${administratorRole}`,
  '--pwfile=/proc/self/fd/3',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  // PostgreSQL's own C.UTF-8: no update of the C library can change the order of an index.
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C.UTF-8',
  '--no-instructions',
  // One pass of our own at the end is cheaper and covers the change of owner.
  '--no-sync',
]

const give = (fd: number, { uid, gid }: Credentials): void => {
  if (uid !== undefined && gid !== undefined) fchownSync(fd, uid, gid)
}

const openPassword = (folder: string, password: string, owner: Credentials): number => {
  const file = join(folder, 'initdb.password')
  rmSync(file, { force: true })
  const fd = openSync(file, 'wx+', 0o600)
  rmSync(file)
  give(fd, owner)
  writeSync(fd, `${password}\n`)
  return fd
}

const runInitdb = async (
  binaries: BinaryFolder,
  cwd: string,
  credentials: Credentials,
  passwordFile: number,
): Promise<void> => {
  const child = spawn(join(binaries, 'bin', 'initdb'), options, {
    ...credentials,
    cwd,
    env: serverEnvironment,
    stdio: ['ignore', 'ignore', 'pipe', passwordFile],
    detached: true,
  })
  let complaint = ''
  child.stderr?.on('data', (chunk) => (complaint += String(chunk)))
  const [status] = (await once(child, 'close')) as [number | null]
  if (status !== 0) throw new Error(`initdb failed: ${complaint.trim().split('\n')[0] ?? ''}`)
}

/** Gives every file to the server's user and makes it durable. Nobody else could reach the folder meanwhile. */
const settle = (path: string, { uid, gid }: Credentials): void => {
  if (uid !== undefined && gid !== undefined) lchownSync(path, uid, gid)
  const isFolder = lstatSync(path).isDirectory()
  if (isFolder)
    for (const name of readdirSync(path)) settle(join(path, name), { uid, gid } as Credentials)
  const fd = openSync(path, 'r')
  fsyncSync(fd)
  closeSync(fd)
}

/** Makes `<folder>/postgres` for `account`, with the administrator's password. */
export const makeCluster = async (
  binaries: BinaryFolder,
  cluster: string,
  account: Account,
  password: string,
): Promise<void> => {
  const partial = `${cluster}.new`
  // A killed start may have left its initdb at work in there.
  if (existsSync(partial)) await clearPredecessor(partial)
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { mode: 0o700 })
  chmodSync(partial, 0o700)
  const { uid, gid } = account.initdb
  if (uid !== undefined && gid !== undefined) lchownSync(partial, uid, gid)
  const passwordFile = openPassword(dirname(cluster), password, account.initdb)
  try {
    await runInitdb(binaries, partial, account.initdb, passwordFile)
  } finally {
    closeSync(passwordFile)
  }
  settle(partial, account.server)
  renameSync(partial, cluster)
}
