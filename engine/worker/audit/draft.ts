// The rows of events that are about to be written, and the position after them. A draft changes nothing until it is
// written: whoever made it throws it away when it is not.
import { newId } from '../../ids.js'
import type { Keyring } from '../keys/keyring.js'
import type { AuditRow } from '../store/store.js'
import type { ChainState } from './chain.js'
import { sealDetail } from './detail.js'
import type { PreparedEvent } from './event.js'
import type { RecordFields } from './record.js'

export interface Draft {
  readonly rows: readonly AuditRow[]
  readonly after: ChainState
}

export const draftOf = (at: ChainState, keys: Keyring, events: readonly PreparedEvent[]): Draft => {
  const after = at.fork()
  return { rows: events.map((event) => rowOf(after, keys, event)), after }
}

// Written out: copying with a spread costs as much as the hash.
const rowOf = (state: ChainState, keys: Keyring, event: PreparedEvent): AuditRow => {
  const id = newId()
  const seq = state.seq + 1
  const { sealed, commit } = sealDetail(keys, id, seq, event.json)
  const fields: RecordFields = {
    seq,
    id,
    time: event.time,
    actorType: event.actorType,
    actor: event.actor,
    action: event.action,
    outcome: event.outcome,
    targetType: event.targetType,
    target: event.target,
    requestId: event.requestId,
  }
  state.advance(fields, commit)
  return { ...fields, chain: state.registration.chain, detail: sealed, mac: state.mac(keys) }
}
