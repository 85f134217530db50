// Passwords: in the form of their profile, then argon2id (RFC 9106) in the slow pool, never here. What is stored is
// `<version of the profile>:<argon2id in PHC form>`. The dummy keeps an unknown user as slow as a known one.
import { ApiError } from '../../errors.js'
import { randomBytes } from '../cipher/random.js'
import type { Asker } from '../../task/main.js'
import type { Services } from '../context/services.js'
import {
  type OpaqueString,
  PasswordError,
  opaqueString,
  opaqueStringVersion,
} from './opaque-string.js'

/** As in the contract, which counts before the profile: composing makes a text shorter. */
const minCharacters = 12
const prefix = `${opaqueStringVersion}:`

type Hashing = Pick<Services, 'main'>

const invalid = (message: string): ApiError =>
  new ApiError('validation_failed', undefined, [{ pointer: '/password', message }])

/** What a user chooses, as it will be checked. Throws `validation_failed`. */
export const chosenPassword = (password: string): OpaqueString => {
  const form = formOr(password, (error) => {
    throw invalid(error.message)
  })
  if ([...form].length < minCharacters)
    throw invalid(`must have at least ${minCharacters} characters`)
  return form
}

const formOr = <T>(password: string, fault: (error: PasswordError) => T): OpaqueString | T => {
  try {
    return opaqueString(password)
  } catch (error) {
    if (error instanceof PasswordError) return fault(error)
    throw error
  }
}

/** Of a call that asks: it goes to another thread, which the rest of the call cannot. */
const askerOf = ({ clientAddress, requestId }: Asker): Asker => ({ clientAddress, requestId })

export const newVerifier = async (
  services: Hashing,
  asking: Asker,
  password: OpaqueString,
): Promise<string> => prefix + (await services.main.hashPassword(askerOf(asking), password))

let dummy: Promise<string> | undefined

// One for all. Where making it fails, nobody may be waiting for it, and the next sign-in makes it anew.
const dummyOf = (services: Hashing, asker: Asker): Promise<string> => {
  if (dummy) return dummy
  const made = services.main.hashPassword(asker, randomBytes(16).toString('hex'))
  made.catch(() => (dummy = undefined))
  return (dummy = made)
}

/** Null for a profile that this engine does not know: it could only guess. */
const hashOf = (verifier: string): string | null =>
  verifier.startsWith(prefix) ? verifier.slice(prefix.length) : null

/**
 * Whether `password` is the one behind `verifier`. Without a verifier, or for a text that nobody can have chosen, one
 * dummy verification is spent, then false.
 */
export const verifyPassword = async (
  services: Hashing,
  asking: Asker,
  verifier: string | null,
  password: string,
): Promise<boolean> => {
  const asker = askerOf(asking)
  const standIn = dummyOf(services, asker)
  const form = formOr(password, () => null)
  const hash = verifier === null || form === null ? null : hashOf(verifier)
  const matches = await services.main.verifyPassword(asker, hash ?? (await standIn), form ?? '-')
  return hash !== null && matches
}
