// FORMATS §9: a debugger, a heap snapshot or a report shows keys and settings. What opens one stops the start, however
// it is spelt, unless RPPAM_ALLOW_INSPECT=1 says that this installation holds nothing worth keeping.
import { url as inspectorUrl } from 'node:inspector'
import { refuse } from './refusal.js'
import type { Environment } from './variables.js'

export const allowVariable = 'RPPAM_ALLOW_INSPECT'

// Beside the inspector, snapshots, profiles and reports: core dumps, keys of TLS sessions, and files that hold options.
const debugOption =
  /^--(inspect|debug-port|heapsnapshot-|heap-prof|cpu-prof|report-|diagnostic-dir|abort-on-uncaught-exception|tls-keylog|trace-tls|experimental-([a-z]+-inspection|(default-)?config-file))/

/** Node.js takes `_` for `-`; in NODE_OPTIONS it drops quotes, and backslashes within them. */
const namesIn = (flags: readonly string[], nodeOptions: string): string[] =>
  [...flags, ...nodeOptions.replaceAll(/["\\]/g, '').split(/\s+/)].map((option) =>
    option.split('=')[0]!.replaceAll('_', '-'),
  )

/** What is open already, whoever opened it: SIGUSR1 before our listener, a file of options. */
export const openFacilities = (): string[] => {
  const { reportOnSignal, reportOnFatalError, reportOnUncaughtException } = process.report
  return [
    ...(inspectorUrl() === undefined ? [] : ['--inspect']),
    ...(reportOnSignal ? ['--report-on-signal'] : []),
    ...(reportOnFatalError ? ['--report-on-fatalerror'] : []),
    ...(reportOnUncaughtException ? ['--report-uncaught-exception'] : []),
  ]
}

/** Before anything is read but the environment. Throws a ConfigError. */
export const refuseDebugging = (env: Environment, flags: readonly string[]): void => {
  if (env[allowVariable] === '1') return
  const found = namesIn(flags, env['NODE_OPTIONS'] ?? '').find((name) => debugOption.test(name))
  if (found !== undefined)
    refuse(`the Node.js option ${found} shows keys: it is refused unless ${allowVariable}=1`)
}
