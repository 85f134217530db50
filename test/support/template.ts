// A data folder with a complete, stopped cluster, made once per machine and version and copied by every test that
// needs a server: copying takes a tenth of what initdb does. All copies share passwords and system identifier, which
// no test may rely on; tests of the first start itself begin with an empty folder instead.
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../engine/embedded/embedded.js'
import { createLog } from '../../engine/log.js'
import { packageRoot } from '../../engine/root.js'

export const silentLog = createLog('silent', { write: () => undefined })

/** A new temporary folder, 0700, for one test. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'rppam-test-'))

const sources = join(packageRoot, 'engine', 'embedded')

/** Changes with everything that shapes a cluster. */
const version = (): string => {
  const hash = createHash('sha256')
  hash.update(readFileSync(join(packageRoot, 'package-lock.json')))
  for (const name of readdirSync(sources).sort()) hash.update(readFileSync(join(sources, name)))
  return hash.digest('hex').slice(0, 16)
}

const makeTemplate = async (target: string): Promise<void> => {
  const parent = temporaryFolder()
  const dataDir = join(parent, 'data')
  const server = await startEmbedded({ dataDir, maxConnections: 20, log: silentLog })
  await server.stop()
  try {
    renameSync(dataDir, target)
  } catch (error) {
    // Another test file was faster.
    if (!/^(EEXIST|ENOTEMPTY)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
  rmSync(parent, { recursive: true, force: true })
}

const isOurs = (folder: string): boolean => {
  const { uid, mode } = lstatSync(folder)
  return uid === process.geteuid?.() && (mode & 0o077) === 0
}

/** A new data folder (inside a temporary one) that holds a complete cluster. */
export const copyOfTemplate = async (parent: string): Promise<string> => {
  const template = join(tmpdir(), `rppam-template-${process.geteuid?.()}-${version()}`)
  if (!existsSync(template)) await makeTemplate(template)
  if (!isOurs(template)) throw new Error(`${template} is not ours`)
  const dataDir = join(parent, `data-${randomBytes(4).toString('hex')}`)
  execFileSync('cp', ['-a', '--reflink=auto', template, dataDir])
  return dataDir
}
