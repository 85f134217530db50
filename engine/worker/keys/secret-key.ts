// A key that is wiped exactly once and never used after. Who works with the bytes holds a lease; a wipe that is asked for
// meanwhile waits for the last one, because a key zeroed in the middle of a seal would seal under zeros. Its bytes never
// become a string, JSON or part of an inspection.
import { inspect } from 'node:util'
import { randomBytes } from '../cipher/random.js'

export const secretKeyBytes = 32

/** The key was wiped, or is about to be: its tenant was evicted, suspended or closed. */
export class KeyWipedError extends Error {
  constructor() {
    super('the key was wiped')
    this.name = 'KeyWipedError'
  }
}

export interface KeyLease {
  /** The key itself, not a copy. Never keep it beyond release. */
  readonly bytes: Buffer
  /** More than once is no error. */
  release(): void
}

export class SecretKey {
  readonly #bytes: Buffer
  #leases = 0
  #wipeAsked = false

  private constructor(bytes: Buffer) {
    if (bytes.length !== secretKeyBytes) throw new RangeError('a key has 32 bytes')
    this.#bytes = bytes
  }

  static generate(): SecretKey {
    return new SecretKey(randomBytes(secretKeyBytes))
  }

  /** Takes the bytes over without copying; they must be memory of their own, never a slice of Node's shared pool. */
  static adopt(bytes: Buffer): SecretKey {
    if (bytes.buffer.byteLength !== bytes.length) throw new RangeError('a key needs its own memory')
    return new SecretKey(bytes)
  }

  /** Moves the bytes into memory of the key's own and zeroes where they came from. */
  static take(bytes: Uint8Array): SecretKey {
    const own = Buffer.allocUnsafeSlow(bytes.length)
    own.set(bytes)
    bytes.fill(0)
    return new SecretKey(own)
  }

  /** True once nothing is left. */
  get wiped(): boolean {
    return this.#wipeAsked && this.#leases === 0
  }

  /** Throws a KeyWipedError once wipe() was called, even while older leases still run. */
  lease(): KeyLease {
    if (this.#wipeAsked) throw new KeyWipedError()
    this.#leases++
    let held = true
    return {
      bytes: this.#bytes,
      release: () => {
        if (held) this.#release()
        held = false
      },
    }
  }

  /** Lends the bytes for the time of one synchronous call. */
  use<T>(work: (bytes: Buffer) => T): T {
    const { bytes, release } = this.lease()
    try {
      return work(bytes)
    } finally {
      release()
    }
  }

  /** Wipes as soon as no lease is left: at once, if there is none. */
  wipe(): void {
    this.#wipeAsked = true
    if (this.#leases === 0) this.#bytes.fill(0)
  }

  toJSON(): never {
    throw new TypeError('a key has no JSON form')
  }

  [inspect.custom](): string {
    return `SecretKey { ${this.#wipeAsked ? 'wiped' : 'hidden'} }`
  }

  #release(): void {
    this.#leases--
    if (this.wiped) this.#bytes.fill(0)
  }
}
