// The keys of one tenant (or of the installation: tenant id all zeros) while it is open: one version of each purpose
// writes, all read. Immutable: rotation opens another one. The tenant is fixed inside, so nothing sealed for one can be
// opened for another. Its keys are wiped when it is closed and its last lease is gone, and then everything throws.
import { timingSafeEqual } from 'node:crypto'
import type { TenantId, Uuid } from '../../ids.js'
import { uuidToBytes } from '../../ids.js'
import { AssociatedData, type Place } from '../cipher/associated-data.js'
import {
  IntegrityError,
  openRecord,
  openText,
  type RecordKeys,
  sealRecord,
  sealText,
} from '../cipher/record.js'
import { purposes, type Purpose, sealedFields, type SealedFieldName } from '../cipher/registry.js'
import { type SuiteId, suiteIds } from '../cipher/suites.js'
import { type IndexValue, type WrappedKeyRow } from '../store/store.js'
import { type BlindIndexName, indexInput, indexValue, lengthPrefixed } from './blind-index.js'
import { countSealing, type HeldKek, openCeks } from './ceks.js'
import type { KeyVersion } from './identity.js'
import type { KeyMemory } from './key-memory.js'
import { KeyMemoryBudget } from './key-memory-budget.js'
import type { PurposeKey } from './purpose-key.js'
import { KeyWipedError } from './secret-key.js'

export { generateCek, generateCeks, type HeldKek } from './ceks.js'
export { generateKek, unwrapKek, wrapKek, type WrappedKekRow } from './kek.js'

/** Keeps the keys while something runs that may outlive the tenant's eviction. */
export interface KeyringLease {
  /** More than once is no error. */
  release(): void
}

const auditTermBytes = 16

export interface AuditMac {
  /** 32 bytes. */
  readonly mac: Buffer
  /** 8 bytes. */
  readonly keyId: Buffer
}

/** What may be shown of a keyring. */
export interface KeyringStatistics {
  readonly tenant: TenantId
  readonly leases: number
  readonly closed: boolean
  readonly purposes: readonly {
    readonly purpose: Purpose
    readonly currentVersion: KeyVersion
    readonly versions: number
  }[]
}

/** The versions of one purpose, newest first; never empty. */
class PurposeKeys implements RecordKeys {
  readonly newest: PurposeKey
  readonly #byVersion: ReadonlyMap<KeyVersion, PurposeKey>

  constructor(readonly all: readonly PurposeKey[]) {
    const [newest] = all
    if (!newest) throw new IntegrityError()
    this.newest = newest
    this.#byVersion = new Map(all.map((key) => [key.version, key]))
    if (this.#byVersion.size !== all.length) throw new IntegrityError()
  }

  byVersion(version: KeyVersion): PurposeKey | undefined {
    return this.#byVersion.get(version)
  }
}

export interface KeyringOptions {
  /** What new records are sealed with. */
  readonly suite: SuiteId
  /** Of the thread. */
  readonly memory: KeyMemoryBudget
}

export const keyringOptions = (
  suite: keyof typeof suiteIds,
  protectedKeyrings: number,
): KeyringOptions => ({
  suite: suiteIds[suite],
  memory: new KeyMemoryBudget(protectedKeyrings),
})

/** Throws an IntegrityError when a row does not open or a purpose has no key. The KEKs may be wiped afterwards. */
export const openKeyring = (
  tenant: TenantId,
  keks: readonly HeldKek[],
  rows: readonly WrappedKeyRow[],
  { suite, memory: budget }: KeyringOptions,
): Keyring => {
  const memory = budget.allocate(countSealing(rows))
  const keys: PurposeKey[] = []
  try {
    keys.push(...openCeks(tenant, keks, rows, memory))
    memory.protect()
    return new Keyring(tenant, keys, memory, suite)
  } catch (error) {
    for (const key of keys) key.wipe()
    memory.wipe()
    throw error
  }
}

export class Keyring {
  readonly #purposes: Readonly<Record<Purpose, PurposeKeys>>
  readonly #associated: AssociatedData
  readonly #tenantBytes: Buffer
  #leases = 0
  #closed = false
  #wiped = false

  /** By openKeyring only. */
  constructor(
    readonly tenant: TenantId,
    private readonly keys: readonly PurposeKey[],
    private readonly memory: KeyMemory,
    private readonly suite: SuiteId,
  ) {
    this.#associated = new AssociatedData(tenant)
    this.#tenantBytes = uuidToBytes(tenant)
    const newestFirst = [...keys].sort((a, b) => b.version - a.version)
    this.#purposes = Object.fromEntries(
      Object.keys(purposes).map((purpose) => [
        purpose,
        new PurposeKeys(newestFirst.filter((key) => key.purpose === purpose)),
      ]),
    ) as Record<Purpose, PurposeKeys>
  }

  /** A sealed record (FORMATS §1) of a JSON value, bound to this row and version. */
  seal(name: SealedFieldName, recordId: Uuid, recordVersion: number, value: unknown): Buffer {
    const field = sealedFields[name]
    const place: Place = { field, recordId, recordVersion }
    const { newest } = this.#keysOf(field.purpose)
    return sealRecord(newest, this.suite, this.#associated, place, value)
  }

  /** What was sealed at this place. Throws an IntegrityError on anything wrong. */
  open(name: SealedFieldName, recordId: Uuid, recordVersion: number, record: Buffer): unknown {
    const field = sealedFields[name]
    const place: Place = { field, recordId, recordVersion }
    return openRecord(this.#keysOf(field.purpose), this.#associated, place, record)
  }

  /** As seal, of text that is no JSON value. */
  sealText(name: SealedFieldName, recordId: Uuid, recordVersion: number, text: string): Buffer {
    const field = sealedFields[name]
    const { newest } = this.#keysOf(field.purpose)
    return sealText(newest, this.suite, this.#associated, { field, recordId, recordVersion }, text)
  }

  /** What sealText has sealed at this place. Throws an IntegrityError on anything wrong. */
  openText(name: SealedFieldName, recordId: Uuid, recordVersion: number, record: Buffer): string {
    const field = sealedFields[name]
    const keys = this.#keysOf(field.purpose)
    return openText(keys, this.#associated, { field, recordId, recordVersion }, record)
  }

  /**
   * Values of a blind index (FORMATS §3), the present version first. While the index key rotates there are several:
   * all are written, any is found. Parts must be in canonical form.
   */
  index(name: BlindIndexName, parts: readonly string[]): IndexValue[] {
    const { newest, all } = this.#keysOf('index')
    const input = indexInput(name, parts)
    return all
      .filter((key) => key === newest || !key.retired)
      .map((key) => ({
        index: name,
        indexVersion: key.version,
        value: indexValue(key.subkey(name), input),
      }))
  }

  /** What is stored of a 256-bit secret (FORMATS §8), 32 bytes. */
  verifier(kind: string, id: Uuid, secret: Uint8Array): Buffer {
    const input = this.#verifierInput(kind, id, secret)
    try {
      return this.#keysOf('credentials').newest.mac('verifier', input)
    } finally {
      input.fill(0)
    }
  }

  /** Whether `expected` is the verifier of this secret, under any version. In constant time. */
  verify(kind: string, id: Uuid, secret: Uint8Array, expected: Uint8Array): boolean {
    const keys = this.#keysOf('credentials')
    const input = this.#verifierInput(kind, id, secret)
    let match = false
    for (const key of keys.all) {
      const actual = key.mac('verifier', input)
      if (expected.length === actual.length && timingSafeEqual(actual, expected)) match = true
    }
    input.fill(0)
    return match
  }

  /** Authenticates a digest of the audit chain (FORMATS §5); `macKey` names another version than the present one. */
  auditMac(digest: Uint8Array, macKey?: KeyVersion | Uint8Array): AuditMac {
    const keys = this.#keysOf('audit')
    const key = macKey === undefined ? keys.newest : keys.all.find((each) => isNamed(each, macKey))
    if (!key) throw new IntegrityError()
    return { mac: key.mac('mac', digest), keyId: Buffer.from(key.keyId) }
  }

  /** What a filter of the audit log is asked for (FORMATS §5), 16 bytes, under the version that `macKey` names. */
  auditTerm(input: Uint8Array, macKey: Uint8Array): Buffer {
    const key = this.#keysOf('audit').all.find((each) => isNamed(each, macKey))
    if (!key) throw new IntegrityError()
    return key.mac('filter', input).subarray(0, auditTermBytes)
  }

  /** 8 bytes each: of every version, the present first. They live as long as an event that was chained under them. */
  auditMacKeyIds(): Buffer[] {
    return this.#keysOf('audit').all.map(({ keyId }) => Buffer.from(keyId))
  }

  /** 8 bytes: the key that auditMac uses unless told otherwise. */
  auditMacKeyId(): Buffer {
    return Buffer.from(this.#keysOf('audit').newest.keyId)
  }

  /** Throws a KeyWipedError once close() was called. */
  lease(): KeyringLease {
    if (this.#closed) throw new KeyWipedError()
    this.#leases++
    let held = true
    return {
      release: () => {
        if (held) this.#release()
        held = false
      },
    }
  }

  /** Wipes as soon as no lease is left; until then holders of one can go on. */
  close(): void {
    this.#closed = true
    this.#wipeIfUnused()
  }

  statistics(): KeyringStatistics {
    return {
      tenant: this.tenant,
      leases: this.#leases,
      closed: this.#closed,
      purposes: (Object.keys(purposes) as Purpose[]).map((purpose) => ({
        purpose,
        currentVersion: this.#purposes[purpose].newest.version,
        versions: this.#purposes[purpose].all.length,
      })),
    }
  }

  toJSON(): KeyringStatistics {
    return this.statistics()
  }

  #keysOf(purpose: Purpose): PurposeKeys {
    if (this.#wiped) throw new KeyWipedError()
    return this.#purposes[purpose]
  }

  #verifierInput(kind: string, id: Uuid, secret: Uint8Array): Buffer {
    return lengthPrefixed([Buffer.from(kind), this.#tenantBytes, uuidToBytes(id), secret])
  }

  #release(): void {
    this.#leases--
    this.#wipeIfUnused()
  }

  #wipeIfUnused(): void {
    if (!this.#closed || this.#leases > 0 || this.#wiped) return
    this.#wiped = true
    for (const key of this.keys) key.wipe()
    this.memory.wipe()
  }
}

const isNamed = (key: PurposeKey, name: KeyVersion | Uint8Array): boolean =>
  typeof name === 'number' ? key.version === name : key.keyId.equals(name)
