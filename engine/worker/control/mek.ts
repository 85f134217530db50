// The master key of the installation, from where the configuration says. A control database that is initialised is
// never given a new one: losing a MEK must stop the start, not hide behind a fresh key (FORMATS §2).
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createMekFile, openMekFile } from '../keys/providers/mek-file.js'
import { openMekText } from '../keys/providers/mek-environment.js'
import { MekError } from '../keys/providers/mek-lines.js'
import type { KeyProvider } from '../keys/providers/provider.js'

export interface MekOptions {
  readonly provider: 'file' | 'environment'
  /** Absolute. */
  readonly file: string
  /** Of the provider `environment`. */
  readonly text: string | null
}

const isCode = (error: unknown, code: string): boolean =>
  (error as NodeJS.ErrnoException).code === code

const makeFile = async (file: string): Promise<KeyProvider> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  try {
    return await createMekFile(file)
  } catch (error) {
    // Another process of the same first start was faster.
    if (isCode(error, 'EEXIST')) return openMekFile(file)
    throw error
  }
}

const openFile = async (file: string, initialised: boolean): Promise<KeyProvider> => {
  try {
    return await openMekFile(file)
  } catch (error) {
    if (error instanceof MekError)
      throw new Error(`the MEK in ${file} cannot be used: ${error.message}`)
    if (!isCode(error, 'ENOENT')) throw new Error(`the MEK in ${file} cannot be read`)
    if (initialised)
      throw new Error(
        `the control database is initialised, but its MEK ${file} is missing: restore it`,
      )
    return makeFile(file)
  }
}

/** Errors: one line, fit for the person who starts the engine. */
export const openMek = (options: MekOptions, initialised: boolean): Promise<KeyProvider> => {
  if (options.provider === 'file') return openFile(options.file, initialised)
  try {
    return Promise.resolve(openMekText(options.text ?? ''))
  } catch (error) {
    const reason = error instanceof MekError ? error.message : 'it is malformed'
    return Promise.reject(new Error(`RPPAM_KEYS_MEK cannot be used: ${reason}`))
  }
}
