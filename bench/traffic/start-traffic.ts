// The runner's side of a disturbance's traffic: a process of its own, since what disturbs must not share an event loop
// with what measures.
import { once } from 'node:events'
import { startProcess, type Process } from '../child-process.js'
import type { Teardown } from '../teardown.js'
import type { Tally, TrafficPlan, TrafficReport } from './messages.js'

export interface RunningTraffic {
  readonly pid: number
  /** Once. Answers when its last request is answered. */
  end(): Promise<Tally>
}

const nextReport = async (started: Process): Promise<TrafficReport> => {
  const message = once(started.child, 'message').then(([first]) => first as TrafficReport)
  const failure = started.ended.then(() => {
    throw new Error(`a disturbance ended:\n${started.output()}`)
  })
  return Promise.race([message, failure])
}

/** @throws Error when it cannot begin; what came of it otherwise is in its tally */
export const startTraffic = async (
  plan: TrafficPlan,
  teardown: Teardown,
): Promise<RunningTraffic> => {
  const started = startProcess('traffic/main.js', teardown)
  started.child.send(plan)
  const begun = await nextReport(started)
  if (begun.kind === 'error') throw new Error(`disturbance: ${begun.message}`)
  const end = async (): Promise<Tally> => {
    const done = nextReport(started)
    started.child.send('end')
    const report = await done
    if (report.kind !== 'done') throw new Error('a disturbance did not say what came of it')
    await started.ended
    return report.tally
  }
  return { pid: started.pid, end }
}
