// Passwords: argon2id (RFC 9106) in the slow pool, never here. The dummy keeps an unknown user as slow as a known one.
import { randomBytes } from '../cipher/random.js'
import type { Asker } from '../../task/main.js'
import type { Services } from '../context/services.js'

let dummy: Promise<string> | undefined

// One for all. Where making it fails, nobody may be waiting for it, and the next sign-in makes it anew.
const dummyOf = (services: Services, asker: Asker): Promise<string> => {
  if (dummy) return dummy
  const made = services.main.hashPassword(asker, randomBytes(16).toString('hex'))
  made.catch(() => (dummy = undefined))
  return (dummy = made)
}

/** Whether `password` is the one behind `verifier`; without a verifier one dummy verification is spent, then false. */
export const verifyPassword = async (
  services: Services,
  { clientAddress, requestId }: Asker,
  verifier: string | null,
  password: string,
): Promise<boolean> => {
  const asker = { clientAddress, requestId }
  const standIn = dummyOf(services, asker)
  const matches = await services.main.verifyPassword(asker, verifier ?? (await standIn), password)
  return verifier !== null && matches
}
