// <data>/database.json: the addresses of the embedded server with their passwords, 0600, replaced as a whole. Nothing
// in it may reach a log; the server's own user never sees it.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeSecretFile } from '../secret-file.js'

export interface Access {
  readonly administratorPassword: string
  readonly enginePassword: string
  /** Whether the cluster is complete: made, roles included. */
  readonly initialised: boolean
}

export const administratorRole = 'postgres'
export const engineRole = 'rppam'

/** The address of a role of the server on `port`, at the maintenance database. */
export const addressOf = (role: string, password: string, port: number): string =>
  `postgres://${role}:${password}@127.0.0.1:${port}/postgres`

const fileIn = (dataDir: string): string => join(dataDir, 'database.json')

/** base64url: fit for an address as it is. */
const newPassword = (): string => randomBytes(32).toString('base64url')

export const newAccess = (): Access => ({
  administratorPassword: newPassword(),
  enginePassword: newPassword(),
  initialised: false,
})

const passwordOf = (address: unknown): string => {
  const password = new URL(String(address)).password
  if (password === '') throw new Error('no password')
  return password
}

/** @throws Error when the file is there and does not say what it must */
export const readAccess = (dataDir: string): Access | undefined => {
  const file = fileIn(dataDir)
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    return {
      administratorPassword: passwordOf(found['url']),
      enginePassword: passwordOf(found['engineUrl']),
      initialised: found['initialised'] === true,
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    // The error's own message may quote the file.
    throw new Error(`${file} cannot be read: restore it from a backup`, { cause: 'unreadable' })
  }
}

export const writeAccess = (dataDir: string, access: Access, port: number): void => {
  const content = {
    url: addressOf(administratorRole, access.administratorPassword, port),
    engineUrl: addressOf(engineRole, access.enginePassword, port),
    initialised: access.initialised,
  }
  writeSecretFile(fileIn(dataDir), JSON.stringify(content, null, 2) + '\n')
}
