// The master key of the installation, from where the configuration says. A control database that is initialised is
// never given a new one: losing a MEK must stop the start, not hide behind a fresh key (FORMATS §2).
import { access, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { whyNotWritable } from '../../preflight/folder.js'
import { systemReason } from '../../system-reason.js'
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
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    return await createMekFile(file)
  } catch (error) {
    // Another process of the same first start was faster.
    if (isCode(error, 'EEXIST')) return openMekFile(file)
    throw new Error(
      `keys.mekFile: the MEK cannot be made in ${file}: ${systemReason(error)}; let the engine's user write there, or name another file`,
    )
  }
}

const openFile = async (file: string, initialised: boolean): Promise<KeyProvider> => {
  try {
    return await openMekFile(file)
  } catch (error) {
    if (error instanceof MekError)
      throw new Error(`keys.mekFile: the MEK in ${file} cannot be used: ${error.message}`)
    if (!isCode(error, 'ENOENT'))
      throw new Error(`keys.mekFile: the MEK in ${file} cannot be read: ${systemReason(error)}`)
    if (initialised)
      throw new Error(
        `keys.mekFile: the control database is initialised, but its MEK ${file} is missing: restore it`,
      )
    return makeFile(file)
  }
}

/** A file that is not there yet must at least be one that can be made. */
const checkMissing = (file: string): void => {
  const reason = whyNotWritable(dirname(file))
  if (reason !== null)
    throw new Error(
      `keys.mekFile: ${file} does not exist and cannot be made (${reason}): restore it, or name another file`,
    )
}

const isMissing = (file: string): Promise<boolean> =>
  access(file).then(
    () => false,
    (error: unknown) => isCode(error, 'ENOENT'),
  )

/** Before anything is made, here or in the database. Errors as of openMek. */
export const checkMek = async (options: MekOptions): Promise<void> => {
  if (options.provider === 'file' && (await isMissing(options.file)))
    return checkMissing(options.file)
  const provider = await openMek(options, true)
  provider.close()
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
