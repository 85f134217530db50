// What holds the master key (MEK) of the installation. It wraps and unwraps KEKs and has no way to get its key out.
// Called by the broker's thread only. Implementations pass test/suites/mek-provider.ts.
import type { SecretKey } from '../secret-key.js'
import type { WrapKind } from '../wrapped-key.js'

export interface KeyProvider {
  /** How its wrapped keys are written. */
  readonly kind: WrapKind
  /** Id of the key that wraps, 8 bytes. */
  readonly currentKeyId: Buffer
  /** Ids of all keys that unwrap, the current one first. */
  readonly keyIds: readonly Buffer[]
  /** The body of a wrapped key (FORMATS §2) under the current key. */
  wrap(key: SecretKey, associatedData: Buffer): Promise<Buffer>
  /** Rejects with an IntegrityError when the body, the key id or the associated data is not right. */
  unwrap(keyId: Buffer, body: Buffer, associatedData: Buffer): Promise<SecretKey>
  /** Wipes what it holds; wrap and unwrap reject from then on. */
  close(): void
}
