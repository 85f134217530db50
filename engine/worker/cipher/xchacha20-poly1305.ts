// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): libsodium's, and @noble/ciphers' where libsodium does not load (Node 20
// has none of its own). Both give the same bytes.
import { loadSodium } from '../../native/sodium.js'
import type { OpenSuite } from './suite.js'
import { nobleXChaCha20Poly1305 } from './xchacha20-poly1305-noble.js'
import { sodiumXChaCha20Poly1305 } from './xchacha20-poly1305-sodium.js'

const sodium = loadSodium()

export const xchacha20poly1305: OpenSuite =
  sodium === null ? nobleXChaCha20Poly1305 : sodiumXChaCha20Poly1305(sodium)
