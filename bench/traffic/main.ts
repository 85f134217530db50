// The process of a disturbance's traffic: takes one plan, begins, and ends at the second message, when the runner is
// gone, or at the plan's bounds. Whatever it stopped goes on before it ends.
import type { TrafficPlan, TrafficReport } from './messages.js'
import { Traffic } from './traffic.js'

const report = (message: TrafficReport): Promise<void> =>
  new Promise((resolve) => {
    if (process.connected) process.send!(message, () => resolve())
    else resolve()
  })

const fail = async (error: unknown): Promise<never> => {
  const message = error instanceof Error ? error.message : 'the traffic failed'
  await report({ kind: 'error', message })
  process.exit(1)
}

const run = async (plan: TrafficPlan): Promise<void> => {
  const traffic = await Traffic.begin(plan)
  const end = async (): Promise<void> => {
    await report({ kind: 'done', tally: await traffic.end() })
    process.exit(0)
  }
  for (const event of ['message', 'disconnect', 'SIGTERM'])
    process.once(event, () => void end().catch(fail))
  // The runner may have gone while it began.
  if (!process.connected) await end()
  await report({ kind: 'begun' })
}

process.once('message', (plan: TrafficPlan) => void run(plan).catch(fail))
