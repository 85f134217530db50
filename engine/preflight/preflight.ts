// What can be known of this machine before anything is made on it, each told by the setting that is wrong.
import type { Config } from '../config.js'
import { refuse } from '../config/refusal.js'
import { whyNotWritable } from './folder.js'
import { checkPort } from './port.js'
import { checkRuntime } from './runtime.js'
import { checkSodium } from './sodium.js'
import { checkTls } from './tls.js'

const checkDataFolder = ({ database, data }: Pick<Config, 'database' | 'data'>): void => {
  if (database.url !== null) return
  const reason = whyNotWritable(data.dir)
  if (reason !== null)
    refuse(
      `data.dir: ${reason}; the embedded PostgreSQL lives there: let the engine's user write, name another folder, or set database.url`,
    )
}

/** Throws a ConfigError. */
export const preflight = async (config: Config): Promise<void> => {
  checkRuntime()
  checkSodium()
  checkTls(config.listen.tls)
  checkDataFolder(config)
  await checkPort(config.listen)
}
