// The one place that reads the environment. File and variables become one readonly object without optionals; any key
// that is wrong or unknown stops the start with one line that names it. Relative paths count from the folder the engine
// is started in.
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import {
  checkDatabase,
  checkKeys,
  checkLicense,
  checkLimits,
  checkListen,
} from './config/checks.js'
import { openFacilities, refuseDebugging } from './config/debugging.js'
import { refuse } from './config/refusal.js'
import type { DeepReadonly, Settings } from './config/schema.js'
import { readSettings } from './config/settings.js'
import type { Environment } from './config/variables.js'

export { ConfigError } from './config/refusal.js'
export { type Environment, variableNames } from './config/variables.js'

/** Everything the engine may be told, resolved: paths absolute, nothing optional, null where unset. */
export type Config = DeepReadonly<
  Omit<Settings, 'node' | 'listen' | 'keys'> & {
    node: { name: string }
    listen: Omit<Settings['listen'], 'tls'> & { tls: { cert: string; key: string } | null }
    keys: Omit<Settings['keys'], 'mekFile'> & { mekFile: string }
  }
>

const resolveTls = (
  { tls }: Settings['listen'],
  cwd: string,
): { cert: string; key: string } | null => {
  if (tls.cert === null && tls.key === null) return null
  if (tls.cert === null || tls.key === null) return refuse('listen.tls needs both cert and key')
  return { cert: resolve(cwd, tls.cert), key: resolve(cwd, tls.key) }
}

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null)
    Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}

/**
 * Reads `$RPPAM_CONFIG`, else `./rppam.config`, else `/etc/rppam/rppam.config`, then the RPPAM_* variables, which win
 * and are removed from `env`. An empty variable counts as unset; lists are comma-separated.
 * @throws ConfigError one line that names the key
 */
export const loadConfig = (
  env: Environment,
  cwd: string,
  nodeFlags: readonly string[] = process.execArgv,
): Config => {
  refuseDebugging(env, nodeFlags)
  const settings = readSettings(env, cwd)
  checkListen(settings.listen)
  checkDatabase(settings.database)
  checkKeys(settings.keys)
  checkLimits(settings.limits)
  checkLicense(settings.license)
  const dir = resolve(cwd, settings.data.dir)
  return deepFreeze({
    ...settings,
    node: { name: settings.node.name ?? hostname() },
    listen: { ...settings.listen, tls: resolveTls(settings.listen, cwd) },
    data: { dir },
    keys: {
      ...settings.keys,
      mekFile: resolve(cwd, settings.keys.mekFile ?? join(dir, 'mek.key')),
    },
    license: {
      ...settings.license,
      file: settings.license.file === null ? null : resolve(cwd, settings.license.file),
      publicKeys: settings.license.publicKeys.map((path) => resolve(cwd, path)),
    },
  })
}

/** `loadConfig` for this process. */
export const loadProcessConfig = (): Config =>
  loadConfig(process.env, process.cwd(), [...process.execArgv, ...openFacilities()])
