// What a worker may ask of the other threads. The broker holds the MEK, the directory and the signing keys; the main
// thread has the slow pool and the front's caches.
import type { Clock } from '../../clock.js'
import type { Log } from '../../log.js'
import type { Remote } from '../../task/rpc.js'
import type { BrokerMethods } from '../../task/broker.js'
import type { MainMethods } from '../../task/main.js'
import type { Limits } from '../../task/options.js'
import type { StatementVerifier } from '../audit/statement.js'
import type { KeyringOptions } from '../keys/keyring.js'
import type { Outages } from './outages.js'
import type { Slices } from './slices.js'

export interface Services {
  readonly clock: Clock
  readonly log: Log
  readonly limits: Limits
  readonly node: string
  /** Of every keyring of this thread. */
  readonly keyring: KeyringOptions
  readonly broker: Remote<BrokerMethods>
  /** What the broker keeps is believed when it verifies. */
  readonly statements: StatementVerifier
  readonly main: Remote<MainMethods>
  /** Somebody of the management plane has signed in. */
  readonly signedIn: (username: string) => void
  readonly outages: Outages
  /** Turns of long work in this thread. */
  readonly slices: Slices
  /** Aborted, with an ApiError `shutting_down`, when what takes long must end: the engine is about to. */
  readonly stopping: AbortSignal
}
