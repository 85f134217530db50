// The hot path: one statement that makes audit events durable and answers what decisions are confirmed by (FORMATS §6).
// Its text never changes, so that it is prepared once a connection. It takes the statement's snapshot before it inserts:
// whatever was acknowledged before it began is in its answer.
import type { Uuid } from '../../../ids.js'
import { type AppendResult, type AuditBlock, rowState } from '../store.js'
import { allAdded, blockParameters, insertBlocks, presenceOf } from './audit-blocks.js'
import { failure, faultOf, uniqueViolation } from './faults.js'
import { uuids } from './parameters.js'
import type { Cell, Session, Statement } from './session.js'
import { stateColumns, toState } from './state.js'

// A plain insert, not ON CONFLICT: blocks of which one is foreign must not be kept.
const textWith = (condition: string): string => `
  with added as (${insertBlocks(condition)})
  select ${stateColumns}, (
    select string_agg(e.id || ' ' || e.version, ',') from vault_entry e
    where e.id = any($12::uuid[]) and e.state = ${rowState.live}
  ), ${allAdded} from tenant_state`

/** The statement, for blocks that are added only where `condition`, an SQL expression, holds. */
export const appending = (condition: string) => {
  const text = textWith(condition)
  return (blocks: readonly AuditBlock[], served: readonly Uuid[]): Statement => ({
    text,
    parameters: [...blockParameters(blocks), uuids(served)],
  })
}

const append = appending('true')

const idLength = 36

/** `<id> <version>,<id> <version>…` */
const versionsOf = (listed: string | null): Map<Uuid, number> =>
  new Map(
    (listed === null ? [] : listed.split(',')).map((pair) => [
      pair.slice(0, idLength),
      Number(pair.slice(idLength)),
    ]),
  )

export const toResult = (rows: readonly Cell[][]): AppendResult => {
  const { accessEpoch, sealed } = toState(rows)
  return { accessEpoch, sealed, versions: versionsOf((rows[0]?.[2] ?? null) as string | null) }
}

const insertAll = async (
  session: Session,
  blocks: readonly AuditBlock[],
  served: readonly Uuid[],
): Promise<AppendResult> => toResult(await session.query(append(blocks, served)))

/** Appends. Blocks that are there already, byte for byte, stay. Throws StoreError `audit_conflict` or a DatabaseFault. */
export const appendOn = async (
  session: Session,
  blocks: readonly AuditBlock[],
  served: readonly Uuid[],
): Promise<AppendResult> => {
  try {
    return await insertAll(session, blocks, served)
  } catch (error) {
    if (faultOf(error).code !== uniqueViolation) throw error
    const { missing, isForeign } = await presenceOf(session, blocks)
    if (isForeign) throw failure('audit_conflict', error)
    return insertMissing(session, missing, served)
  }
}

const insertMissing = async (
  session: Session,
  missing: readonly AuditBlock[],
  served: readonly Uuid[],
): Promise<AppendResult> => {
  try {
    return await insertAll(session, missing, served)
  } catch (error) {
    // Somebody else writes this chain at this very moment.
    if (faultOf(error).code === uniqueViolation) throw failure('audit_conflict', error)
    throw error
  }
}
