// What a run leaves behind as JSON. Figures are found again by id, `scope/contender/connections`, in every later run.
import type { Disturbed } from '../contender/contender.js'
import { Histogram } from '../load/histogram.js'
import type { Machine } from '../measure/machine.js'
import { disturbedIn } from './disturbed.js'

/** One load of one contender. */
export interface Round {
  readonly requests: number
  readonly seconds: number
  /** Counts of a Histogram, microseconds. */
  readonly latencies: readonly number[]
  readonly cpuMicros: {
    readonly engine: number
    readonly database: number | null
    readonly generator: number
  }
  /** The part of the machine that went to processes which have nothing to do with this load. */
  readonly othersShare: number
  /** At the end of the window; the engine's resident set, the server's proportional one. */
  readonly memoryBytes: { readonly engine: number; readonly database: number | null }
  /** Of the database's log, a request. Null: nobody counted them. */
  readonly flushes: number | null
  /** Null: nothing was meant to disturb it. */
  readonly disturbance: Disturbed | null
}

export interface Figure {
  readonly id: string
  readonly contender: string
  readonly connections: number
  /** Of all rounds. */
  readonly requests: number
  /** Median of the rounds, a second. */
  readonly throughput: number
  readonly roundThroughputs: readonly number[]
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly p999: number }
  /** A request; null without a database. */
  readonly cpuMicros: {
    readonly engine: number
    readonly database: number | null
    readonly generator: number
  }
  /** The worst of the rounds: above a few per cent the machine was busy with something else. */
  readonly othersShare: number
  /** The largest of the rounds. */
  readonly memoryBytes: { readonly engine: number; readonly database: number | null }
  /** Of the database's log, a request; median of the rounds. Null: nobody counted them. */
  readonly flushes: number | null
  /** Of all rounds. Null: nothing was meant to disturb it. */
  readonly disturbance: Disturbed | null
}

export interface Verdict {
  readonly promise: string
  readonly target: number
  /** Behind the number. */
  readonly unit: '×' | ' ms'
  readonly bound: 'at least' | 'under'
  /** Null when a contender was left out. */
  readonly measured: number | null
  readonly passed: boolean | null
  /** Why it failed in spite of what was measured. */
  readonly remark: string | null
}

export interface ContenderRecord {
  readonly id: string
  readonly title: string
  readonly settings: Readonly<Record<string, string | number | boolean>>
}

export interface Result {
  readonly format: 1
  readonly scope: string
  readonly startedUtc: string
  readonly machine: Machine
  readonly settings: Readonly<Record<string, number>>
  readonly contenders: readonly ContenderRecord[]
  readonly figures: readonly Figure[]
  readonly verdicts: readonly Verdict[]
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const latencyOf = (rounds: readonly Round[]): Figure['latencyMs'] => {
  const all = new Histogram()
  for (const { latencies } of rounds) all.add(new Histogram(latencies))
  const at = (share: number): number => Number((all.quantile(share) / 1000).toFixed(3))
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) }
}

const hasDatabase = (rounds: readonly Round[]): boolean =>
  rounds.every(({ cpuMicros }) => cpuMicros.database !== null)

const cpuOf = (rounds: readonly Round[], requests: number): Figure['cpuMicros'] => {
  const each = (name: keyof Figure['cpuMicros']): number =>
    Number(
      (sum(rounds.map(({ cpuMicros }) => cpuMicros[name] ?? 0)) / Math.max(1, requests)).toFixed(2),
    )
  const database = hasDatabase(rounds) ? each('database') : null
  return { engine: each('engine'), database, generator: each('generator') }
}

const flushesOf = (rounds: readonly Round[]): number | null => {
  const counted = rounds.flatMap(({ flushes }) => flushes ?? [])
  return counted.length === 0 ? null : Number(median(counted).toFixed(4))
}

export const figureOf = (
  scope: string,
  contender: string,
  connections: number,
  rounds: readonly Round[],
): Figure => {
  const throughputs = rounds.map(({ requests, seconds }) => Math.round(requests / seconds))
  const requests = sum(rounds.map((round) => round.requests))
  const memory = rounds.map(({ memoryBytes }) => memoryBytes)
  return {
    id: `${scope}/${contender}/${connections}`,
    contender,
    connections,
    requests,
    throughput: median(throughputs),
    roundThroughputs: throughputs,
    latencyMs: latencyOf(rounds),
    cpuMicros: cpuOf(rounds, requests),
    othersShare: Number(Math.max(...rounds.map((round) => round.othersShare)).toFixed(3)),
    memoryBytes: {
      engine: Math.max(...memory.map(({ engine }) => engine)),
      database: hasDatabase(rounds) ? Math.max(...memory.map((each) => each.database ?? 0)) : null,
    },
    flushes: flushesOf(rounds),
    disturbance: disturbedIn(rounds.flatMap(({ disturbance }) => disturbance ?? [])),
  }
}
