// The hot path: one statement that makes audit events durable and answers what decisions are confirmed by (FORMATS §6).
// Its text never changes, so that it is prepared once a connection. It takes the statement's snapshot before it inserts:
// whatever was acknowledged before it began is in its answer.
import type { Uuid } from '../../../ids.js'
import { type AppendResult, type AuditBlock, rowState } from '../store.js'
import { blockParameters, insertBlocks, presenceOf } from './audit-blocks.js'
import { failure, faultOf, uniqueViolation } from './faults.js'
import { uuids } from './parameters.js'
import type { Cell, Session } from './session.js'
import { stateColumns, toState } from './state.js'

// A plain insert, not ON CONFLICT: blocks of which one is foreign must not be kept.
const text = `
  with added as (${insertBlocks()})
  select ${stateColumns}, (
    select string_agg(e.id || ' ' || e.version, ',') from vault_entry e
    where e.id = any($12::uuid[]) and e.state = ${rowState.live}
  ) from tenant_state`

const idLength = 36

/** `<id> <version>,<id> <version>…` */
const versionsOf = (listed: string | null): Map<Uuid, number> =>
  new Map(
    (listed === null ? [] : listed.split(',')).map((pair) => [
      pair.slice(0, idLength),
      Number(pair.slice(idLength)),
    ]),
  )

const toResult = (rows: readonly Cell[][]): AppendResult => {
  const { accessEpoch, sealed } = toState(rows)
  return { accessEpoch, sealed, versions: versionsOf((rows[0]?.[2] ?? null) as string | null) }
}

const insertAll = async (
  session: Session,
  blocks: readonly AuditBlock[],
  served: string,
): Promise<AppendResult> => {
  const parameters = [...blockParameters(blocks), served]
  return toResult(await session.query({ text, parameters }))
}

/** Appends. Blocks that are there already, byte for byte, stay. Throws StoreError `audit_conflict` or a DatabaseFault. */
export const appendOn = async (
  session: Session,
  blocks: readonly AuditBlock[],
  served: readonly Uuid[],
): Promise<AppendResult> => {
  const ids = uuids(served)
  try {
    return await insertAll(session, blocks, ids)
  } catch (error) {
    if (faultOf(error).code !== uniqueViolation) throw error
    const { missing, isForeign } = await presenceOf(session, blocks)
    if (isForeign) throw failure('audit_conflict', error)
    return insertMissing(session, missing, ids)
  }
}

const insertMissing = async (
  session: Session,
  missing: readonly AuditBlock[],
  ids: string,
): Promise<AppendResult> => {
  try {
    return await insertAll(session, missing, ids)
  } catch (error) {
    // Somebody else writes this chain at this very moment.
    if (faultOf(error).code === uniqueViolation) throw failure('audit_conflict', error)
    throw error
  }
}
