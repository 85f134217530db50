// The load generator's process: takes one plan, runs it, reports, ends. It ends at once when the runner is gone.
import { runLoad } from './load.js'
import type { LoadPlan, LoadReport } from './messages.js'

const report = (message: LoadReport): Promise<void> =>
  new Promise((resolve) => process.send!(message, () => resolve()))

const run = async (plan: LoadPlan): Promise<LoadReport> => {
  try {
    const outcome = await runLoad(plan, (edge) => void report({ kind: `window-${edge}` }))
    return { kind: 'done', outcome }
  } catch (error) {
    return { kind: 'error', message: error instanceof Error ? error.message : 'the load failed' }
  }
}

process.once('disconnect', () => process.exit(1))
process.once('message', (plan: LoadPlan) => {
  void run(plan)
    .then(report)
    .then(() => process.exit(0))
})
