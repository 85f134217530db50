// Tenants of disturbances, made through the REST API like the one that is measured.
import {
  createUser,
  provision,
  signIn,
  storeEntries,
  type Credentials,
  type EntryBody,
} from '../contender/engine/provision.js'
import type { Site } from './disturbance.js'

export interface NoisyTenant {
  /** Its administrator. */
  authorization(): Promise<string>
  /** A user who may call every operation of the vault and has no right in any folder. */
  addUserWithoutRights(): Promise<() => Promise<string>>
  /** Answers their ids. */
  store(entries: readonly EntryBody[]): Promise<string[]>
}

export const noisyTenant = async ({ engine, shortCode }: Site): Promise<NoisyTenant> => {
  const { port, provider } = engine
  const administrator = await provision(port, provider, shortCode)
  const as = (credentials: Credentials) => () => signIn(port, credentials)
  const authorization = as(administrator)
  return {
    authorization,
    addUserWithoutRights: async () =>
      as(await createUser(port, await authorization(), shortCode, 'nobody')),
    store: async (entries) => storeEntries(port, await authorization(), entries),
  }
}
