// What a start says to the person who made it. A first one tells what it makes and where, and ends with what to try
// next; later ones say where the engine listens. What a secret says is shown at a terminal and nowhere else.
import type { Config } from '../config.js'
import type { OpenedInstallation, OwnTenant } from '../task/control.js'
import { firstSecret, setUpAndFirstSecret } from './next-step.js'
import type { Voice } from './voice.js'

const hostOf = (host: string): string => (host.includes(':') ? `[${host}]` : host)

export const addressOf = ({ listen }: Pick<Config, 'listen'>, port: number): string =>
  `${listen.tls ? 'https' : 'http'}://${hostOf(listen.host)}:${port}`

/** At every start. `costs`: of runtimeCosts(). */
export const sayRuntime = (voice: Voice, costs: string | null): void => {
  if (costs !== null) voice.warn(costs)
}

/** Before what takes a while. `isNew`: there is no cluster yet. */
export const sayServer = (voice: Voice, { database, data }: Config, isNew: boolean): void => {
  if (database.url !== null || !isNew) return
  voice.say('First start: the embedded PostgreSQL is made, some seconds long, in', {
    file: data.dir,
  })
}

type Opened = Pick<OpenedInstallation, 'isFirstStart' | 'license' | 'password'>

const licenseText = ({ edition, isDevelopment, maxTenants }: Opened['license']): string => {
  const tenants = maxTenants === null ? 'any number of tenants' : `up to ${maxTenants} tenant(s)`
  return `The ${isDevelopment ? 'development licence' : "vendor's licence"} counts: edition ${edition}, ${tenants}`
}

const sayPassword = (voice: Voice, { generated, file }: Opened['password']): void => {
  if (generated !== null)
    voice.show([
      `The administrator is "admin", the password (shown this once, nothing resets it): ${generated}`,
    ])
  else if (file !== null)
    voice.say('The administrator is "admin"; the password is in this file until it is used', {
      file,
    })
  else voice.say('The administrator is "admin"; the password is bootstrap.password')
}

const sayMek = (voice: Voice, { provider, mekFile }: Config['keys']): void => {
  if (provider === 'file')
    voice.say(
      'The master key (MEK) is new: back it up, apart from the data; without it nothing opens ever again',
      { file: mekFile },
    )
  else voice.say('The master key (MEK) is RPPAM_KEYS_MEK: without it nothing opens ever again')
}

/** As soon as there is something to say: a start that fails after it must not take the only copy of a password along. */
export const sayOpened = (voice: Voice, config: Config, opened: Opened): void => {
  if (!opened.isFirstStart) return
  const { database, data, keys } = config
  if (database.url === null) voice.say('All data is in', { file: data.dir })
  else voice.say('All data is on the server that database.url names')
  sayMek(voice, keys)
  voice.say(licenseText(opened.license))
  sayPassword(voice, opened.password)
}

/** `RP-PAM listens on …` is what scripts wait for. */
export const sayListening = (voice: Voice, config: Config, port: number, opened: Opened): void => {
  const url = addressOf(config, port)
  voice.say(`RP-PAM listens on ${url}; the API is described at ${url}/docs`, { port })
  if (!opened.isFirstStart || opened.license.edition === 'enterprise') return
  const password = opened.password.generated ?? 'the password of admin'
  voice.show(firstSecret(url, password))
}

/** At every start of the enterprise edition until its tenant is claimed. */
export const sayOwnTenant = (
  voice: Voice,
  config: Config,
  port: number,
  tenant: OwnTenant | null,
): void => {
  if (tenant === null) return
  const { shortCode, adminUsername, setupToken, file } = tenant
  const named = `The tenant is "${shortCode}", its administrator "${adminUsername}"; POST auth/setup with this token (it works once) sets the password`
  if (file !== null) voice.say(named, { file })
  if (setupToken === null) return
  voice.show([`${named}: ${setupToken}`])
  voice.show(setUpAndFirstSecret(addressOf(config, port), setupToken))
}
