// One version of one purpose's key while its tenant is open: its subkeys, made once, and the ciphers under them. The CEK
// itself is gone by then. Owned by a keyring, which alone decides when it is wiped, and which has the memory of the
// sealing subkey: it is only read here.
import { createHmac } from 'node:crypto'
import type { RecordKey } from '../cipher/record.js'
import { purposes, type Purpose } from '../cipher/registry.js'
import type { KeyedAead } from '../cipher/suite.js'
import { openSuite, type SuiteId } from '../cipher/suites.js'
import type { KeyMemory } from './key-memory.js'
import { KeyWipedError, type SecretKey } from './secret-key.js'
import {
  expandSubkey,
  expandSubkeyInto,
  type MacLabel,
  sealLabel,
  type SubkeyLabel,
  subkeyLabels,
} from './subkeys.js'

const labelsOf = (purpose: Purpose): readonly SubkeyLabel[] => subkeyLabels[purpose]

/** Whether keys of this purpose seal records. */
export const seals = (purpose: Purpose): boolean => labelsOf(purpose).includes(sealLabel)

const isMacLabel = (label: SubkeyLabel): label is MacLabel => label !== sealLabel

export class PurposeKey implements RecordKey {
  readonly #macKeys = new Map<MacLabel, Buffer>()
  readonly #aeads: (KeyedAead | undefined)[] = []
  #sealKey: Buffer | null = null

  constructor(
    readonly purpose: Purpose,
    readonly version: number,
    readonly keyId: Buffer,
    /** Kept for what was made with it; no new index values. */
    readonly retired: boolean,
    cek: SecretKey,
    memory: KeyMemory,
  ) {
    cek.use((bytes) => {
      for (const label of labelsOf(purpose).filter(isMacLabel))
        this.#macKeys.set(label, expandSubkey(bytes, purposes[purpose], label))
      if (seals(purpose)) this.#sealKey = this.#expandSealKey(bytes, memory.take())
    })
  }

  aead(suite: SuiteId): KeyedAead {
    return this.#aeads[suite] ?? this.#openAead(suite)
  }

  /** Throws a KeyWipedError when wiped. Never kept by the caller. */
  subkey(label: MacLabel): Buffer {
    const subkey = this.#macKeys.get(label)
    if (!subkey) throw new KeyWipedError()
    return subkey
  }

  /** HMAC-SHA-256 under a subkey. */
  mac(label: MacLabel, data: Uint8Array): Buffer {
    return createHmac('sha256', this.subkey(label)).update(data).digest()
  }

  /** The memory of the sealing subkey is the keyring's to wipe. */
  wipe(): void {
    for (const aead of this.#aeads) aead?.wipe()
    this.#aeads.length = 0
    this.#sealKey = null
    for (const subkey of this.#macKeys.values()) subkey.fill(0)
    this.#macKeys.clear()
  }

  #openAead(suite: SuiteId): KeyedAead {
    if (this.#sealKey === null) throw new KeyWipedError()
    return (this.#aeads[suite] = openSuite(suite, this.#sealKey))
  }

  #expandSealKey(cek: Buffer, subkey: Buffer): Buffer {
    expandSubkeyInto(subkey, cek, purposes[this.purpose], sealLabel)
    return subkey
  }
}
