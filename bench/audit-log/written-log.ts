// A tenant's audit log as the engine would have written it: sealed, filtered and chained blocks of reads, by some of its
// people, of some of its entries.
import { systemClock } from '../../engine/clock.js'
import { newId, type TenantId, type Uuid } from '../../engine/ids.js'
import type { ChainRegistration } from '../../engine/task/broker.js'
import { ChainState } from '../../engine/worker/audit/chain.js'
import { draftOf } from '../../engine/worker/audit/draft.js'
import { type AuditEvent, prepareEvent } from '../../engine/worker/audit/event.js'
import { Terms } from '../../engine/worker/audit/filter.js'
import { commitOf, kekIdentity, keyIdOf } from '../../engine/worker/keys/identity.js'
import {
  generateCeks,
  generateKek,
  type Keyring,
  keyringOptions,
  openKeyring,
} from '../../engine/worker/keys/keyring.js'
import type { AuditBlock } from '../../engine/worker/store/store.js'

const people = 200
const entries = 2_000
/** Between two blocks: a log of ten million events spans some days. */
const stepMs = 2_000

const anyOf = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)]!

export const freshKeys = (): Keyring => {
  const tenant = newId() as TenantId
  const key = generateKek(tenant, 1)
  const keyId = keyIdOf(key.use((bytes) => commitOf(bytes, kekIdentity(tenant, 1))))
  const ceks = generateCeks(tenant, key, keyId, systemClock)
  const options = keyringOptions('xchacha20-poly1305', 1)
  return openKeyring(tenant, [{ version: 1, key }], ceks, options)
}

export class WrittenLog {
  readonly registration: ChainRegistration
  readonly #people = Array.from({ length: people }, () => newId())
  readonly #entries = Array.from({ length: entries }, () => newId())
  readonly #terms: Terms
  #state: ChainState
  #time: number

  constructor(
    readonly keys: Keyring,
    private readonly perBlock: number,
    blocks: number,
  ) {
    const macKeyId = keys.auditMacKeyId()
    this.registration = {
      chain: newId(),
      writer: 'bench/0',
      previousChain: null,
      previousDigest: null,
      macKeyId,
    }
    this.#terms = new Terms(keys, macKeyId)
    this.#state = ChainState.atStart(keys.tenant, this.registration)
    this.#time = Date.now() - blocks * stepMs
  }

  /** The next block; one of its events is of `rare`, where that is given. */
  next(rare: Uuid | null = null): AuditBlock {
    this.#time += stepMs
    const events = Array.from({ length: this.perBlock }, (_, n) =>
      prepareEvent(this.#event(n === 0 && rare !== null ? rare : anyOf(this.#people))),
    )
    const parts = { keys: this.keys, terms: this.#terms, epoch: 1 }
    const { blocks, after } = draftOf(this.#state, parts, events)
    this.#state = after
    return blocks[0]!
  }

  #event(actor: Uuid): AuditEvent {
    return {
      action: 'vault.secret.read',
      actor: { type: 'user', id: actor, name: 'alice@acme.example' },
      target: { type: 'vault-entry', id: anyOf(this.#entries) },
      outcome: 'success',
      requestId: newId(),
      clientAddress: '192.0.2.7',
      time: this.#time,
      detail: { version: 3 },
    }
  }
}
