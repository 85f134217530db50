// MEKs that this process holds itself. Shared by the providers that differ only in where they read them.
import { IntegrityError } from '../../cipher/record.js'
import { openKey, sealKey } from '../key-wrap.js'
import { type WrappingKey, wrapKinds } from '../wrapped-key.js'
import type { KeyProvider } from './provider.js'

/** The first key wraps, all unwrap. Takes the keys over. */
export const localProvider = (keys: readonly [WrappingKey, ...WrappingKey[]]): KeyProvider => {
  const [current] = keys
  const find = (keyId: Buffer): WrappingKey => {
    const found = keys.find((key) => key.keyId.equals(keyId))
    if (!found) throw new IntegrityError()
    return found
  }
  return {
    kind: wrapKinds.local,
    currentKeyId: current.keyId,
    keyIds: keys.map(({ keyId }) => keyId),
    wrap: async (key, associatedData) =>
      current.key.use((mek) => sealKey(mek, key, associatedData)),
    unwrap: async (keyId, body, associatedData) =>
      find(keyId).key.use((mek) => openKey(mek, body, associatedData)),
    close: () => keys.forEach(({ key }) => key.wipe()),
  }
}
