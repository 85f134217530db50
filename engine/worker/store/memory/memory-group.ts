// Commits that share a transaction, one after the other: what the groups of other stores must come to.
import { type CommitGroup, type GroupResult, StoreError } from '../store.js'
import {
  auditKey,
  type MemoryData,
  withAudit,
  withChanges,
  withOutbox,
  withState,
} from './memory-rows.js'

type Item = CommitGroup['items'][number]
type Refusal = GroupResult['refusals'][number]

interface Grouped {
  readonly data: MemoryData
  readonly refusals: GroupResult['refusals']
}

const kept = (data: MemoryData, { changes, outbox }: Item): [MemoryData, Refusal] => {
  try {
    return [withOutbox(withChanges(data, changes), outbox), null]
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return [data, error.code as Refusal]
  }
}

const isExpected = (data: MemoryData, expected: CommitGroup['expected']): boolean => {
  try {
    if (expected) withState(data, { expected, raised: null })
    return true
  } catch {
    return false
  }
}

/** Null: each must be committed alone. Throws StoreError `audit_conflict`. */
export const withGroup = (data: MemoryData, group: CommitGroup): Grouped | null => {
  if (!isExpected(data, group.expected)) return null
  const refusals: Refusal[] = []
  let after = data
  for (const item of group.items) {
    const [next, refusal] = kept(after, item)
    after = next
    refusals.push(refusal)
  }
  const blocks = group.audit(refusals.map((refusal) => refusal === null))
  if (blocks.length === 0 && refusals.includes(null)) throw new StoreError('unavailable')
  if (blocks.some((block) => data.audit.has(auditKey(block))))
    throw new StoreError('audit_conflict')
  return { data: withAudit(after, blocks), refusals }
}
