// What a memory store answers: every order and filter that store.ts promises, over copies.
import type { Uuid } from '../../../ids.js'
import {
  type AuditBlock,
  type AuditHead,
  type AuditPosition,
  type BeyondOptions,
  type ChainPlace,
  type ChildrenOptions,
  headFilterBytes,
  type IndexValue,
  type IndexedOptions,
  type ListOptions,
  type Row,
  type RowState,
  type Table,
} from '../store.js'
import { auditKey, copyOf, indexKey, type MemoryData } from './memory-rows.js'

type Compare<T> = (a: T, b: T) => number

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const byId: Compare<Row> = (a, b) => compareText(a.id, b.id)
const newestVersion: Compare<Row> = (a, b) => b.version - a.version || byId(a, b)
const newestEvent: Compare<AuditPosition> = (a, b) =>
  b.time - a.time || compareText(b.chain, a.chain) || b.seq - a.seq

/** Where its first event is. */
const positionOf = ({ lastTime, chain, firstSeq }: AuditBlock): AuditPosition => ({
  time: lastTime,
  chain,
  seq: firstSeq,
})

const rowsOf = ({ tables }: MemoryData, table: Table): Row[] =>
  [...(tables.get(table)?.values() ?? [])].map(({ row }) => row)

const withoutSecret = (row: Row): Row => ({ ...row, secret: null })

const behind =
  (after: Uuid | null) =>
  ({ id }: Row): boolean =>
    after === null || id > after

const inState =
  (state: RowState | null) =>
  (row: Row): boolean =>
    state === null || row.state === state

export const readRows = (data: MemoryData, table: Table, ids: readonly Uuid[]): Row[] =>
  [...new Set(ids)].flatMap((id) => {
    const stored = data.tables.get(table)?.get(id)
    return stored ? [copyOf(stored.row)] : []
  })

export const findRows = (data: MemoryData, table: Table, values: readonly IndexValue[]): Row[] => {
  const wanted = new Set(values.map(indexKey))
  return [...(data.tables.get(table)?.values() ?? [])]
    .filter(({ indexes }) => indexes.some((entry) => wanted.has(indexKey(entry))))
    .map(({ row }) => copyOf(row))
}

export const indexedRows = (
  data: MemoryData,
  table: Table,
  values: readonly IndexValue[],
  { after, limit }: IndexedOptions,
): Row[] =>
  findRows(data, table, values).filter(behind(after)).sort(byId).slice(0, limit).map(withoutSecret)

export const childRows = (
  data: MemoryData,
  table: Table,
  parent: Uuid,
  { version, before = Infinity, limit, secret = true }: ChildrenOptions,
): Row[] =>
  rowsOf(data, table)
    .filter((row) => row.parent === parent && row.version < before)
    .filter((row) => version === undefined || row.version === version)
    .sort(newestVersion)
    .slice(0, limit)
    .map((row) => copyOf(secret ? row : withoutSecret(row)))

export const childrenBeyond = (
  data: MemoryData,
  table: Table,
  parents: readonly Uuid[],
  { keep, limit }: BeyondOptions,
): Map<Uuid, Uuid[]> => {
  const found = new Map<Uuid, Uuid[]>()
  for (const parent of parents) {
    const rows = childRows(data, table, parent, { limit: keep + limit }).slice(keep)
    if (rows.length > 0)
      found.set(
        parent,
        rows.map(({ id }) => id),
      )
  }
  return found
}

export const listRows = (
  data: MemoryData,
  table: Table,
  { state, limit, secret, ...place }: ListOptions,
): Row[] => {
  const rows = rowsOf(data, table).filter(inState(state)).sort(byId)
  const begun = 'offset' in place ? rows.slice(place.offset) : rows.filter(behind(place.after))
  return begun.slice(0, limit).map((row) => copyOf(secret ? row : withoutSecret(row)))
}

export const countRows = (data: MemoryData, table: Table, state: RowState | null): number =>
  rowsOf(data, table).filter(inState(state)).length

export const countByParent = (
  data: MemoryData,
  table: Table,
  state: RowState,
  parent: Uuid | null,
): Map<Uuid, number> => {
  const counts = new Map<Uuid, number>()
  for (const row of rowsOf(data, table).filter(inState(state)))
    if (row.parent !== null && (parent === null || row.parent === parent))
      counts.set(row.parent, (counts.get(row.parent) ?? 0) + 1)
  return counts
}

export const auditPage = (
  data: MemoryData,
  before: AuditPosition | null,
  limit: number,
): AuditBlock[] =>
  [...data.audit.values()]
    .filter(({ firstSeq }) => firstSeq > 0)
    .filter((block) => before === null || newestEvent(before, positionOf(block)) < 0)
    .sort((a, b) => newestEvent(positionOf(a), positionOf(b)))
    .slice(0, limit)
    .map(copyOf)

export const auditForward = (
  data: MemoryData,
  after: AuditPosition | null,
  limit: number,
): AuditBlock[] =>
  [...data.audit.values()]
    .filter(({ firstSeq }) => firstSeq > 0)
    .filter((block) => after === null || newestEvent(after, positionOf(block)) > 0)
    .sort((a, b) => newestEvent(positionOf(b), positionOf(a)))
    .slice(0, limit)
    .map(copyOf)

export const auditHeads = (
  data: MemoryData,
  before: AuditPosition | null,
  limit: number,
): AuditHead[] =>
  auditPage(data, before, limit).map(({ chain, firstSeq, count, firstTime, lastTime, filter }) => ({
    chain,
    firstSeq,
    count,
    firstTime,
    lastTime,
    filter: filter.subarray(0, headFilterBytes),
  }))

export const auditBlocks = (
  data: MemoryData,
  places: readonly Pick<AuditBlock, 'chain' | 'firstSeq'>[],
): AuditBlock[] =>
  [...new Set(places.map(auditKey))].flatMap((key) => {
    const stored = data.audit.get(key)
    return stored ? [copyOf(stored)] : []
  })

export const auditChain = (
  data: MemoryData,
  chain: Uuid,
  fromSeq: number,
  limit: number,
): AuditBlock[] =>
  [...data.audit.values()]
    .filter((block) => block.chain === chain && block.firstSeq + block.count > fromSeq)
    .sort((a, b) => a.firstSeq - b.firstSeq)
    .slice(0, limit)
    .map(copyOf)

export const auditEpoch = (data: MemoryData, after: readonly ChainPlace[]): number | null => {
  const ends = new Map(after.map(({ chain, seq }) => [chain, seq]))
  const epochs = [...data.audit.values()]
    .filter(({ chain, firstSeq }) => firstSeq > (ends.get(chain) ?? Infinity))
    .map(({ epoch }) => epoch)
  return epochs.length === 0 ? null : Math.max(...epochs)
}

export const auditChains = (data: MemoryData): Uuid[] => [
  ...new Set([...data.audit.values()].map(({ chain }) => chain)),
]
