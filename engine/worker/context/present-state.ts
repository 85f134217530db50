// The newest state of the tenant that this worker has seen, and what an answer of the database is worth beside it
// (FORMATS §6). Below what was seen when the statement was sent, or other bytes at the same epoch: somebody has put it
// there, and it denies. Equal bytes are not opened again, so that a read costs a comparison.
import { IntegrityError } from '../cipher/record.js'
import { sha256 } from '../audit/sha256.js'
import type { Keyring } from '../keys/keyring.js'
import { noState, type StateGuard, type StoredState } from '../store/store.js'
import { openState, sealState, type TenantState, tenantStatus } from './tenant-state.js'

/** What is known of the state before this worker sees it: none below is accepted, nor another one at this epoch. */
export interface StateFloor {
  readonly accessEpoch: number
  /** SHA-256 of the sealed document, 32 bytes; null: whatever it is. */
  readonly digest: Uint8Array | null
}

/** What may change besides the epoch. */
export type StateChange = Partial<Pick<TenantState, 'status' | 'tokenGeneration'>>

export class PresentState {
  #stored: StoredState
  #state: TenantState

  private constructor(
    private readonly keys: Keyring,
    stored: StoredState,
    state: TenantState,
  ) {
    this.#stored = stored
    this.#state = state
  }

  /** Throws an IntegrityError for a state that does not open, or that `floor` is above. */
  static open(keys: Keyring, stored: StoredState, floor: StateFloor | null = null): PresentState {
    if (floor && isBelow(stored, floor)) throw new IntegrityError()
    return new PresentState(keys, stored, openState(keys, stored))
  }

  /** Of a database that nobody could use yet: the first raise founds it, at epoch 1. */
  static unfounded(keys: Keyring, tokenGeneration: number): PresentState {
    const { accessEpoch } = noState
    return new PresentState(keys, noState, {
      status: tenantStatus.active,
      accessEpoch,
      tokenGeneration,
    })
  }

  get state(): TenantState {
    return this.#state
  }

  get stored(): StoredState {
    return this.#stored
  }

  /**
   * Takes in what a statement has answered; `sent` is what `stored` was when the statement was sent. True: it is a newer
   * one. False: the same, or one that was overtaken on its way. Throws an IntegrityError for what can be neither.
   */
  observe(answered: StoredState, sent: StoredState): boolean {
    if (isSame(answered, this.#stored) || isSame(answered, sent)) return false
    const { accessEpoch } = answered
    if (!(accessEpoch > sent.accessEpoch) || accessEpoch === this.#stored.accessEpoch)
      throw new IntegrityError()
    if (accessEpoch < this.#stored.accessEpoch) return false
    this.#state = openState(this.keys, answered)
    this.#stored = answered
    return true
  }

  /** For a commit that was decided on this state. */
  guard(): StateGuard {
    return { expected: this.#stored, raised: null }
  }

  /** For a commit that was decided on this state and takes it one epoch on. */
  raise(change: StateChange = {}): StateGuard {
    const next = { ...this.#state, ...change, accessEpoch: this.#state.accessEpoch + 1 }
    if (next.tokenGeneration < this.#state.tokenGeneration)
      throw new RangeError('a token generation never falls')
    return { expected: this.#stored, raised: sealState(this.keys, next) }
  }
}

const isSame = (one: StoredState, other: StoredState): boolean =>
  one.accessEpoch === other.accessEpoch && one.sealed.equals(other.sealed)

const isBelow = ({ accessEpoch, sealed }: StoredState, floor: StateFloor): boolean =>
  accessEpoch < floor.accessEpoch ||
  (accessEpoch === floor.accessEpoch &&
    floor.digest !== null &&
    !sha256(sealed).equals(floor.digest))
