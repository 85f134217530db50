// The slow pool's thread: argon2id, synchronously, because its async form blocks the process-wide thread pool that
// files and name look-ups need. It keeps nothing between calls.
import { hashSync, verifySync } from '@node-rs/argon2'

// RFC 9106 §4, second recommended option, lowered in memory for two cores: OWASP's m = 19 MiB, t = 2, p = 1.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export const hashPassword = (password: string): string => hashSync(password, parameters)

export const verifyPassword = ({
  verifier,
  password,
}: {
  verifier: string
  password: string
}): boolean => verifySync(verifier, password)
