// A file that holds a secret: 0600, whole or not there, and on disk before anybody relies on it.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const syncFolder = (path: string): void => {
  const fd = openSync(path, 'r')
  fsyncSync(fd)
  closeSync(fd)
}

/** Replaces `file`; its folder must be there. */
export const writeSecretFile = (file: string, content: string): void => {
  const partial = `${file}.new`
  // What a start that was killed left would keep the mode that it has.
  rmSync(partial, { force: true })
  const fd = openSync(partial, 'wx', 0o600)
  try {
    writeSync(fd, content)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(partial, file)
  syncFolder(dirname(file))
}
