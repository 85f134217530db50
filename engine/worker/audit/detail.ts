// The sealed detail of an event: everything about it that is a name, an address or a reason. It is bound to the event's
// id and place in its chain, and the chain commits to its text through a salt that is sealed with it (FORMATS §5), so
// that it can be sealed anew under another key without touching the chain.
import type { Uuid } from '../../ids.js'
import { drawNonce } from '../cipher/random.js'
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import type { AuditRow } from '../store/store.js'
import { saltBytes, writeDetailCommit } from './record.js'
import { digestBytes } from './sha256.js'

/** What the text of a detail says. */
export interface Detail {
  readonly name: string
  readonly address: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** The text itself is sealed, not its value: what the chain commits to must not depend on who writes JSON how. */
interface SealedDetail {
  /** base64, 16 bytes. */
  readonly salt: string
  readonly json: string
}

const field = 'audit_event.detail'
const saltText = 24
const salt = Buffer.alloc(saltBytes)
// One event's commitment at a time: whoever asks for it uses it before the next.
const commit = Buffer.alloc(digestBytes)

/** The commitment is valid until the next call of this file. */
export const sealDetail = (
  keys: Keyring,
  id: Uuid,
  seq: number,
  json: string,
): { readonly sealed: Buffer; readonly commit: Buffer } => {
  drawNonce(salt, 0, saltBytes)
  writeDetailCommit(commit, salt, json)
  const content: SealedDetail = { salt: salt.toString('base64'), json }
  return { sealed: keys.seal(field, id, seq, content), commit }
}

/** The commitment is valid until the next call of this file. Throws an IntegrityError for what does not open. */
export const openDetail = (
  keys: Keyring,
  row: Pick<AuditRow, 'id' | 'seq' | 'detail'>,
): { readonly json: string; readonly commit: Buffer } => {
  const content = keys.open(field, row.id, row.seq, row.detail) as Partial<SealedDetail> | null
  if (typeof content?.json !== 'string' || typeof content.salt !== 'string')
    throw new IntegrityError()
  if (content.salt.length !== saltText) throw new IntegrityError()
  if (salt.write(content.salt, 'base64') !== saltBytes) throw new IntegrityError()
  writeDetailCommit(commit, salt, content.json)
  return { json: content.json, commit }
}

export const parseDetail = (json: string): Detail => JSON.parse(json) as Detail
