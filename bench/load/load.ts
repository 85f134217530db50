// One load: connections, warm-up, the measured window, and the last answers after it. It is bounded by time and ends
// with every request answered, so that answers can be held against the audit log.
import { setTimeout as pause } from 'node:timers/promises'
import { Connection, prepare, type PreparedTarget, type Sink } from './connection.js'
import { Histogram } from './histogram.js'
import type { LoadOutcome, LoadPlan } from './messages.js'

const drainMs = 20_000
const drainPollMs = 5

class Tally implements Sink {
  readonly latencies = new Histogram()
  readonly broke: Promise<never>
  isOpen = false
  /** Of performance.now(). */
  closedAt = Infinity
  answers = 0
  measured = 0
  failed = 0
  firstFailure: string | null = null
  broken!: (error: Error) => void

  #next = 0

  constructor(
    private readonly targets: readonly PreparedTarget[],
    private readonly inTurn: boolean,
  ) {
    this.broke = new Promise((_, reject) => (this.broken = reject))
    this.broke.catch(() => undefined)
  }

  pick(): PreparedTarget {
    const at = this.inTurn ? this.#next++ : Math.trunc(Math.random() * this.targets.length)
    return this.targets[at % this.targets.length]!
  }

  answered(sentAt: number, now: number, failure: string | null): void {
    if (failure !== null) {
      this.failed++
      this.firstFailure ??= failure
      return
    }
    this.answers++
    if (this.isOpen) this.measured++
    // What is in flight at the end counts when its answer comes: a stall longer than the rest of the window would leave
    // no trace otherwise.
    if (this.isOpen || (now > this.closedAt && sentAt < this.closedAt))
      this.latencies.record((now - sentAt) * 1000)
  }
}

interface Window {
  readonly seconds: number
  readonly cpuMicros: number
}

const measure = async (
  tally: Tally,
  ms: number,
  onEdge: (edge: 'opened' | 'closed') => void,
): Promise<Window> => {
  onEdge('opened')
  const cpu = process.cpuUsage()
  const start = performance.now()
  tally.isOpen = true
  await pause(ms)
  tally.isOpen = false
  tally.closedAt = performance.now()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  onEdge('closed')
  return { seconds, cpuMicros: user + system }
}

const drained = async (connections: readonly Connection[]): Promise<void> => {
  for (const connection of connections) connection.stop()
  for (let waited = 0; connections.some(({ busy }) => busy); waited += drainPollMs) {
    if (waited > drainMs) throw new Error('requests were left without an answer')
    await pause(drainPollMs)
  }
}

/** @throws Error when a connection breaks or an answer never comes */
export const runLoad = async (
  plan: LoadPlan,
  onEdge: (edge: 'opened' | 'closed') => void,
): Promise<LoadOutcome> => {
  const tally = new Tally(plan.targets.map(prepare), plan.inTurn)
  const connections = Array.from(
    { length: plan.connections },
    () => new Connection(plan.port, tally),
  )
  const run = async (): Promise<Window> => {
    await Promise.all(connections.map((connection) => connection.open()))
    for (const connection of connections) connection.send(performance.now())
    await pause(plan.warmupMs)
    const window = await measure(tally, plan.measureMs, onEdge)
    await drained(connections)
    return window
  }
  const { seconds, cpuMicros } = await Promise.race([run(), tally.broke])
  for (const connection of connections) connection.close()
  const { answers, measured, failed, firstFailure, latencies } = tally
  return {
    answered: answers,
    measured,
    failed,
    firstFailure,
    measuredSeconds: seconds,
    latencies: latencies.toCounts(),
    cpuMicros,
  }
}
