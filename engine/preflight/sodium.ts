// Whether libsodium's native file is the one that was pinned. Where it is and does not load, keys have plain memory and
// @noble/ciphers serves (memory.ts says so); a file that was changed stops the start.
import { refuse } from '../config/refusal.js'
import { loadSodium } from '../native/sodium.js'

/** Throws a ConfigError. */
export const checkSodium = (load: () => unknown = loadSodium): void => {
  try {
    load()
  } catch (error) {
    refuse(`${(error as Error).message}: run npm ci again`)
  }
}
