// One version of one purpose's key while its tenant is open: its subkeys, made once, and the ciphers under them. The CEK
// itself is gone by then. Owned by a keyring, which alone decides when it is wiped.
import { createHmac } from 'node:crypto'
import type { RecordKey } from '../cipher/record.js'
import { purposes, type Purpose } from '../cipher/registry.js'
import type { KeyedAead } from '../cipher/suite.js'
import { openSuite, type SuiteId } from '../cipher/suites.js'
import { KeyWipedError, type SecretKey } from './secret-key.js'
import { expandSubkey, type SubkeyLabel, subkeyLabels } from './subkeys.js'

export class PurposeKey implements RecordKey {
  readonly #subkeys = new Map<SubkeyLabel, Buffer>()
  readonly #aeads: (KeyedAead | undefined)[] = []

  constructor(
    readonly purpose: Purpose,
    readonly version: number,
    readonly keyId: Buffer,
    /** Kept for what was made with it; no new index values. */
    readonly retired: boolean,
    cek: SecretKey,
  ) {
    cek.use((bytes) => {
      for (const label of subkeyLabels[purpose])
        this.#subkeys.set(label, expandSubkey(bytes, purposes[purpose], label))
    })
  }

  aead(suite: SuiteId): KeyedAead {
    return this.#aeads[suite] ?? (this.#aeads[suite] = openSuite(suite, this.subkey('seal')))
  }

  /** Throws a KeyWipedError when wiped. Never kept by the caller. */
  subkey(label: SubkeyLabel): Buffer {
    const subkey = this.#subkeys.get(label)
    if (!subkey) throw new KeyWipedError()
    return subkey
  }

  /** HMAC-SHA-256 under a subkey. */
  mac(label: SubkeyLabel, data: Uint8Array): Buffer {
    return createHmac('sha256', this.subkey(label)).update(data).digest()
  }

  wipe(): void {
    for (const aead of this.#aeads) aead?.wipe()
    this.#aeads.length = 0
    for (const subkey of this.#subkeys.values()) subkey.fill(0)
    this.#subkeys.clear()
  }
}
