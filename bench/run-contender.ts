// Loads one contender once and measures it meanwhile. A load whose answers were not all good, or not all audited, is
// no measurement: it fails the run.
import { cpus } from 'node:os'
import type { Disturbed, Disturbing, Running } from './contender/contender.js'
import { targetsOf, type Bodies } from './check-outputs.js'
import type { LoadOutcome, LoadPlan } from './load/messages.js'
import { startLoad, type Edges } from './load/start-load.js'
import {
  cpuOfMachine,
  cpuOfProcess,
  cpuOfServer,
  memoryOfProcess,
  memoryOfServer,
} from './measure/processes.js'
import type { RunOptions } from './options.js'
import type { Round } from './report/result.js'
import type { Teardown } from './teardown.js'

interface Cpu {
  readonly disturbance: number
  readonly engine: number
  readonly database: number
  readonly machine: number
}

const cpuOf = ({ pid, databasePid }: Running, disturbing: Disturbing | null): Cpu => ({
  disturbance: disturbing === null ? 0 : cpuOfProcess(disturbing.pid),
  engine: cpuOfProcess(pid),
  database: databasePid === null ? 0 : cpuOfServer(databasePid),
  machine: cpuOfMachine(),
})

const memoryOf = ({ pid, databasePid }: Running): Round['memoryBytes'] => ({
  engine: memoryOfProcess(pid),
  database: databasePid === null ? null : memoryOfServer(databasePid),
})

const auditedOf = ({ writes, auditedReads }: Running): Promise<number | null> =>
  writes ? writes.audited() : auditedReads()

const checkAudited = async (
  running: Running,
  before: number | null,
  answered: number,
): Promise<void> => {
  const after = await auditedOf(running)
  if (before === null || after === null || after - before === answered) return
  throw new Error(`${answered} requests were answered and ${after - before} audited`)
}

/** Signing in, the last answers and whatever else takes time beside the load itself. */
const spareMs = 30_000

/** The load, within the disturbance: that begins before the first request and ends after the last answer. */
const load = async (
  running: Running,
  plan: LoadPlan,
  edges: (disturbing: Disturbing | null) => Edges,
  teardown: Teardown,
): Promise<{ outcome: LoadOutcome; disturbance: Disturbed | null }> => {
  const longestMs = plan.warmupMs + plan.measureMs + spareMs
  const disturbing = (await running.during?.(longestMs)) ?? null
  const outcome = await startLoad(plan, edges(disturbing), teardown)
  return { outcome, disturbance: (await disturbing?.end()) ?? null }
}

export const runContender = async (
  running: Running,
  bodies: Bodies,
  connections: number,
  options: RunOptions,
  teardown: Teardown,
): Promise<Round> => {
  const authorization = await running.authorization()
  const flushesBefore = await running.writes?.flushes()
  const auditedBefore = await auditedOf(running)
  const plan = {
    port: running.port,
    connections,
    warmupMs: options.warmupSeconds * 1000,
    measureMs: options.seconds * 1000,
    targets: running.writes?.targets(authorization) ?? targetsOf(running, bodies, authorization),
    inTurn: running.writes !== undefined,
  }
  let opened: Cpu = { disturbance: 0, engine: 0, database: 0, machine: 0 }
  let closed = opened
  const edges = (disturbing: Disturbing | null): Edges => ({
    opened: () => void (opened = cpuOf(running, disturbing)),
    closed: () => void (closed = cpuOf(running, disturbing)),
  })
  const { outcome, disturbance } = await load(running, plan, edges, teardown)
  const { failed, firstFailure, answered, measured, measuredSeconds, latencies } = outcome
  if (failed > 0) throw new Error(`${failed} answers were not good; the first: ${firstFailure}`)
  if (answered === 0) throw new Error('nothing was answered')
  await checkAudited(running, auditedBefore, answered)
  const flushes = await running.writes?.flushes()
  const used = {
    engine: closed.engine - opened.engine,
    database: closed.database - opened.database,
    generator: outcome.cpuMicros,
  }
  const disturbing = closed.disturbance - opened.disturbance
  const others =
    closed.machine - opened.machine - used.engine - used.database - used.generator - disturbing
  return {
    requests: measured,
    seconds: measuredSeconds,
    latencies,
    cpuMicros: { ...used, database: running.databasePid === null ? null : used.database },
    othersShare: Math.max(0, others / (cpus().length * measuredSeconds * 1e6)),
    memoryBytes: memoryOf(running),
    flushes: flushes === undefined ? null : (flushes - flushesBefore!) / answered,
    disturbance,
  }
}
