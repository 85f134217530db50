// What can be measured: something that answers GET /api/v1/vault/entries/{id}/secret on loopback, started with its
// entries stored, in processes of its own.
import type { Target } from '../load/messages.js'
import type { Tally } from '../traffic/messages.js'
import type { Teardown } from '../teardown.js'
import type { BenchEntry } from './entry.js'

export interface Setting {
  /** An empty folder of its own, for its data. */
  readonly folder: string
  readonly entries: readonly BenchEntry[]
  /** The package of an engine to compare with, built; null: none. */
  readonly before: string | null
  /** Takes what ends it. */
  readonly teardown: Teardown
}

/** What came of a disturbance. */
export interface Disturbed extends Tally {
  /** Why it does not count as having happened; empty when it does. */
  readonly faults: readonly string[]
}

export interface Disturbing {
  /** Of the process that disturbs: no part of what is measured, and none of the machine's other work either. */
  readonly pid: number
  end(): Promise<Disturbed>
}

export interface Writes {
  /** For one load, one after the other. */
  targets(authorization: string): readonly Target[]
  /** Events in its audit log so far. */
  audited(): Promise<number>
  /** Of the database's log so far. */
  flushes(): Promise<number>
}

export interface Running {
  readonly port: number
  readonly pid: number
  /** The postmaster; null without a database. */
  readonly databasePid: number | null
  /** The entries' ids, in their order. */
  readonly ids: readonly string[]
  /** Answers every path with the first entry: a ceiling, not a vault. */
  readonly isFixed: boolean
  /** What was chosen, for the record. */
  readonly settings: Readonly<Record<string, string | number | boolean>>
  /** An Authorization header, good for the next load. */
  authorization(): Promise<string>
  /** Successful reads in its audit log so far; null without one. */
  auditedReads(): Promise<number | null>
  /** What is asked of it instead of reads. */
  readonly writes?: Writes
  /** Begins what disturbs it while it is measured; that ends by itself after `longestMs`. Left out: nothing does. */
  during?(longestMs: number): Promise<Disturbing>
}

export interface Contender {
  readonly id: string
  readonly title: string
  /** Left out unless there is an engine to compare with. */
  readonly isBefore?: true
  start(setting: Setting): Promise<Running>
}

export const secretPath = (id: string): string => `/api/v1/vault/entries/${id}/secret`
