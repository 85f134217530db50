// What can be known of an installation before anything is made, on this machine or in a database: password, licence,
// MEK, and whether the server is there, lets the engine in and is fit. It must never leave anything behind.
import type { Clock } from '../../clock.js'
import type { Log } from '../../log.js'
import { checkLicenseFiles } from '../control/installed-license.js'
import { checkMek } from '../control/mek.js'
import { Administration } from '../store/postgres/administration.js'
import { bootstrapPassword } from './bootstrap-password.js'
import type { InstallationOptions } from './options.js'
import { startReason } from './start-reason.js'

export type CheckOptions = Pick<
  InstallationOptions,
  'node' | 'mek' | 'license' | 'bootstrapPassword' | 'allowUnsafeFsync'
> & {
  /** Null: the embedded server, which may not be there yet. */
  readonly url: string | null
}

interface Around {
  readonly clock: Clock
  readonly log: Log
}

const checkServer = async (
  url: string,
  { node, allowUnsafeFsync }: CheckOptions,
  around: Around,
): Promise<void> => {
  const administration = new Administration({ url, node, allowUnsafeFsync, visits: 2, ...around })
  try {
    await administration.reach()
  } catch (error) {
    throw startReason(error, { isEmbedded: false, place: administration.place })
  } finally {
    await administration.close()
  }
}

/** Errors: one line, fit for the person who starts the engine. */
export const checkInstallation = async (options: CheckOptions, around: Around): Promise<void> => {
  if (options.bootstrapPassword !== null) bootstrapPassword(options.bootstrapPassword)
  await checkLicenseFiles(options.license, around.clock.now())
  await checkMek(options.mek)
  if (options.url !== null) await checkServer(options.url, options, around)
}
