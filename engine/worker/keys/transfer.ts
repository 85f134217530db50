// A tenant's KEK on its way from the broker's thread to the worker's. The only way in which key bytes leave a SecretKey
// for another thread: the MEK stays with the broker (FORMATS §2), and CEKs are unwrapped where they are used. A transfer
// moves the memory, so no copy stays in the broker; it is never sent without a transfer list, never stored, never logged.
import { SecretKey, secretKeyBytes } from './secret-key.js'

/** Bytes of a KEK in memory of their own, to be put into the message's transfer list. The key itself stays usable. */
export const keyForTransfer = (kek: SecretKey): ArrayBuffer =>
  kek.use((bytes) => {
    const memory = new ArrayBuffer(secretKeyBytes)
    new Uint8Array(memory).set(bytes)
    return memory
  })

/** The KEK that arrived. Takes the memory over. */
export const keyFromTransfer = (memory: ArrayBuffer): SecretKey =>
  SecretKey.adopt(Buffer.from(memory))
