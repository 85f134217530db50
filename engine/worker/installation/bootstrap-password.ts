// `bootstrap.password` obeys the rules of every other password that somebody chooses.
import { ApiError } from '../../errors.js'
import type { OpaqueString } from '../identity/opaque-string.js'
import { chosenPassword } from '../identity/password.js'

/** Throws one line that names the setting, and never the password. */
export const bootstrapPassword = (password: string): OpaqueString => {
  try {
    return chosenPassword(password)
  } catch (error) {
    const rule = error instanceof ApiError ? error.violations?.[0]?.message : undefined
    throw rule === undefined ? error : new Error(`bootstrap.password ${rule}`)
  }
}
