// libsodium by sodium-native: the functions that are used here, as its native file has them. That file checks nothing in
// a release build: who calls must see to every length, and must never hand in memory that was freed.
import { join } from 'node:path'
import { openNative, packageFolder, pinnedFile } from './pinned-file.js'

export interface Sodium {
  /** The length of what was written, or -1. `sealed`: 16 bytes longer than `plaintext`; nonce 24, key 32 bytes. */
  crypto_aead_xchacha20poly1305_ietf_encrypt(
    sealed: Uint8Array,
    plaintext: Uint8Array,
    associatedData: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number
  /** The length of what was written, or -1; then `plaintext` is zeroed. */
  crypto_aead_xchacha20poly1305_ietf_decrypt(
    plaintext: Uint8Array,
    sealed: Uint8Array,
    associatedData: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number
  /** Asks the kernel each time. */
  randombytes_buf(memory: ArrayBuffer, offset: number, length: number): void
  /** Pages of its own between guard pages, locked if the system lets it, left out of core dumps. Aborts when it fails. */
  sodium_malloc(length: number): ArrayBuffer
  /** Detaches it at once; its pages go in the next turn of the event loop. */
  sodium_free(memory: ArrayBuffer): void
  /** These answer 0, or -1. */
  sodium_mprotect_readonly(memory: ArrayBuffer): number
  sodium_mprotect_readwrite(memory: ArrayBuffer): number
  sodium_mlock(bytes: Uint8Array): number
  /** Zeroes them too. */
  sodium_munlock(bytes: Uint8Array): number
}

const name = 'sodium-native'
const file = 'sodium-native.node'

/** SHA-256 of version 5.1.0's files, by platform (FORMATS §9). They want glibc 2.33. */
const pins: Readonly<Record<string, string>> = {
  'linux-x64': '732185e119cd56ab536eb4b0170668337109c4f33e79779c4a510cab209c3af7',
  'linux-arm64': '109eba4fe61f6380ffe3b95b493f6deab239e4dcd18a88508fd553e1b0c615b7',
}

const here = `${process.platform}-${process.arch}`

/** The path of the file for this platform after its hash is checked; null when there is none. Throws for another one. */
export const sodiumFile = (folder: string | null, platform = here): string | null =>
  folder === null
    ? null
    : pinnedFile(name, join(folder, 'prebuilds', platform, file), pins[platform])

const load = (): Sodium | null => {
  const path = sodiumFile(packageFolder(name))
  const sodium = path === null ? null : openNative<Sodium>(path)
  return typeof sodium?.crypto_aead_xchacha20poly1305_ietf_decrypt === 'function'
    ? (sodium as Sodium)
    : null
}

let loaded: Sodium | null | undefined

/** Of this thread; null where it does not load. Throws when its native file is not the pinned one. */
export const loadSodium = (): Sodium | null => (loaded === undefined ? (loaded = load()) : loaded)
