// MEKs in a file that only its owner may read. Never overwrites one: losing a MEK loses everything that it protects.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SecretKey } from '../secret-key.js'
import { localProvider } from './local-provider.js'
import { formatMek, MekError, mekOf, parseMeks } from './mek-lines.js'
import type { KeyProvider } from './provider.js'

const maxBytes = 8192

/**
 * Writes a file with one fresh MEK and opens it. On the disk, name included, when it resolves. Rejects with EEXIST when
 * the file is there already.
 */
export const createMekFile = async (path: string): Promise<KeyProvider> => {
  const mek = mekOf(SecretKey.generate())
  const line = formatMek(mek)
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(line)
      await file.sync()
    } finally {
      await file.close()
    }
    await syncFolder(dirname(path))
    return localProvider([mek])
  } catch (error) {
    mek.key.wipe()
    throw error
  } finally {
    line.fill(0)
  }
}

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Rejects with a MekError that says what is wrong, or with ENOENT; never makes a file. */
export const openMekFile = async (path: string): Promise<KeyProvider> => {
  // Without waiting: a pipe in the file's place must be refused, not hang the start.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const text = await readPrivate(file)
    try {
      return localProvider(parseMeks(text))
    } finally {
      text.fill(0)
    }
  } finally {
    await file.close()
  }
}

// Asked of the open file, not of its name: nobody can put another one there in between.
const readPrivate = async (file: FileHandle): Promise<Buffer> => {
  const { mode, size } = await file.stat()
  if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw new MekError('it is not a file')
  if ((mode & 0o077) !== 0) throw new MekError('others than its owner may use it: chmod 600')
  if (size > maxBytes) throw new MekError('it is too large')
  const text = Buffer.alloc(size)
  const { bytesRead } = await file.read(text, 0, size, 0)
  if (bytesRead !== size) throw new MekError('it changed while it was read')
  return text
}
