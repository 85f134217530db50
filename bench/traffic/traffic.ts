// All the traffic of one disturbance, until it is told to end or comes to a bound; it ends with every request answered,
// so that nothing of it is left when the next one is measured.
import { setTimeout as pause } from 'node:timers/promises'
import { Flow, type Bounds } from './flow.js'
import { Hang } from './hang.js'
import type { FlowPlan, Tally, TrafficPlan } from './messages.js'
import { Sender, type Client } from './sender.js'
import { SlowReader } from './slow-reader.js'

const drainMs = 20_000
const drainPollMs = 10

class Budget implements Bounds {
  #spent = 0
  #serial = 0

  constructor(private readonly most: number) {}

  get isSpent(): boolean {
    return this.#spent >= this.most
  }

  spend(): boolean {
    return !this.isSpent && ++this.#spent > 0
  }

  nextSerial(): string {
    return String(++this.#serial).padStart(8, '0')
  }
}

const clientsOf = (port: number, flow: Flow, { connections, holdMs }: FlowPlan): Client[] =>
  Array.from({ length: connections }, () =>
    holdMs === null ? new Sender(port, flow) : new SlowReader(port, flow),
  )

export class Traffic {
  readonly #budget: Budget
  readonly #flows: readonly Flow[]
  readonly #clients: readonly Client[]
  readonly #deadline: NodeJS.Timeout
  #hang: Hang | null = null
  #tally: Promise<Tally> | null = null

  private constructor(plan: TrafficPlan) {
    this.#budget = new Budget(plan.mostRequests)
    this.#flows = plan.flows.map((flow) => new Flow(flow, this.#budget))
    this.#clients = this.#flows.flatMap((flow) => clientsOf(plan.port, flow, flow.plan))
    this.#deadline = setTimeout(() => void this.#endOnce(true), plan.longestMs)
  }

  static async begin(plan: TrafficPlan): Promise<Traffic> {
    const traffic = new Traffic(plan)
    if (plan.hang) traffic.#hang = await Hang.begin(plan.hang)
    for (const client of traffic.#clients) client.begin()
    return traffic
  }

  /** What counts is what there was when it ended first. */
  end(): Promise<Tally> {
    return this.#endOnce(this.#budget.isSpent)
  }

  #endOnce(endedEarly: boolean): Promise<Tally> {
    return (this.#tally ??= this.#end(endedEarly))
  }

  async #end(endedEarly: boolean): Promise<Tally> {
    clearTimeout(this.#deadline)
    for (const flow of this.#flows) flow.end()
    const stoppedBackends = this.#hang?.backends ?? 0
    await this.#hang?.end()
    await this.#drained()
    for (const client of this.#clients) client.close()
    const flows = Object.fromEntries(this.#flows.map((flow) => [flow.plan.name, flow.tally()]))
    return { flows, stoppedBackends, endedEarly }
  }

  async #drained(): Promise<void> {
    for (let waited = 0; waited < drainMs; waited += drainPollMs) {
      if (!this.#clients.some(({ isBusy }) => isBusy)) return
      await pause(drainPollMs)
    }
  }
}
