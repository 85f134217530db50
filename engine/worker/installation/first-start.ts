// What the first start makes in the control database, once: KEK, CEKs, the installation's secrets and the management
// user `admin`. Runs under a lock; killed half-way, the next start goes on where it stood.
import type { Clock, Milliseconds } from '../../clock.js'
import { installationId, newId } from '../../ids.js'
import type { AuditEvent } from '../audit/event.js'
import type { AuditLog } from '../audit/appender.js'
import { systemEvent } from '../audit/system-event.js'
import { randomBytes } from '../cipher/random.js'
import type { EpochCache } from '../context/epoch-cache.js'
import { type User, insertUser } from '../identity/user.js'
import {
  type HeldKek,
  type Keyring,
  type KeyringOptions,
  generateCeks,
  openKeyring,
} from '../keys/keyring.js'
import type { KeyProvider } from '../keys/providers/provider.js'
import type { Store } from '../store/store.js'
import { ensureKek, kekKeyId, openKeks } from '../control/keks.js'
import {
  type InstallationSecrets,
  insertSecrets,
  newSecrets,
  openSecrets,
  secretsRowId,
} from '../control/secrets.js'

export const administratorName = 'admin'

const ensureCeks = async (store: Store, keks: readonly HeldKek[], clock: Clock): Promise<void> => {
  const [newest] = keks
  if (!newest || (await store.keys()).length > 0) return
  const keyId = kekKeyId(installationId, newest.version, newest.key)
  await store.putKeys(generateCeks(installationId, newest.key, keyId, clock))
}

/** The installation's own keys; made when there are none. Throws an IntegrityError for a wrong MEK. */
export const openInstallationKeys = async (
  provider: KeyProvider,
  store: Store,
  clock: Clock,
  options: KeyringOptions,
): Promise<Keyring> => {
  await ensureKek(provider, store, installationId, clock)
  const keks = await openKeks(provider, store, installationId)
  try {
    await ensureCeks(store, keks, clock)
    return openKeyring(installationId, keks, await store.keys(), options)
  } finally {
    for (const { key } of keks) key.wipe()
  }
}

export interface StoredSecrets {
  readonly secrets: InstallationSecrets
  readonly version: number
}

/** Null before the first start has ended. */
export const readSecrets = async (store: Store, keys: Keyring): Promise<StoredSecrets | null> => {
  const [row] = await store.read('setting', [secretsRowId])
  return row ? { secrets: openSecrets(keys, row), version: row.version } : null
}

const newAdministrator = (verifier: string, time: number): User => ({
  id: newId(),
  version: 1,
  createdTime: time,
  access: { roles: ['msp_admin'], status: 'active', generation: 1, verifier },
  profile: {
    username: administratorName,
    displayName: 'Administrator',
    email: '',
    lastLoginTime: null,
  },
})

const createdEvent = (time: Milliseconds): AuditEvent =>
  systemEvent('installation.create', { type: 'installation', id: installationId }, 'success', time)

export interface FirstStart {
  /** Nothing is sealed yet: what is made here founds the state. */
  readonly access: EpochCache
  readonly keys: Keyring
  readonly clock: Clock
  /** Of the installation; needs the attestation key, which is among the new secrets. */
  openAudit(secrets: InstallationSecrets): Promise<AuditLog>
  hashPassword(password: string): Promise<string>
  /** `bootstrap.password`, or null: then one is generated. */
  readonly password: string | null
  /** Writes a generated one to a file, and answers that; null: it is shown. */
  readonly keep: ((password: string) => string) | null
}

/** The administrator's, if it was generated: as it is, or where it is kept. */
export interface FirstPassword {
  readonly generated: string | null
  readonly file: string | null
}

const kept = (generated: string | null, keep: FirstStart['keep']): FirstPassword =>
  generated === null || keep === null
    ? { generated, file: null }
    : { generated: null, file: keep(generated) }

/** Makes secrets and administrator in one transaction. A generated password is kept before it is good for anything. */
export const firstStart = async (start: FirstStart): Promise<FirstPassword> => {
  const { access, keys, clock } = start
  const generated = start.password === null ? randomBytes(18).toString('base64url') : null
  const password = kept(generated, start.keep)
  const verifier = await start.hashPassword(start.password ?? generated ?? '')
  const secrets = await newSecrets()
  const time = clock.now()
  const audit = await start.openAudit(secrets)
  try {
    await audit.commit(
      {
        changes: [
          insertSecrets(keys, secrets, time),
          insertUser(keys, newAdministrator(verifier, time)),
        ],
        outbox: [],
        guard: () => access.present.raise(),
      },
      [createdEvent(time)],
    )
  } finally {
    await audit.close()
  }
  return password
}
