// The runner's side of the load generator: a process for each load, so that no load inherits another one's heap.
import { startProcess } from '../child-process.js'
import type { Teardown } from '../teardown.js'
import type { LoadOutcome, LoadPlan, LoadReport } from './messages.js'

export interface Edges {
  opened(): void
  closed(): void
}

/** @throws Error when the load could not be carried out; failed answers are in the outcome */
export const startLoad = async (
  plan: LoadPlan,
  edges: Edges,
  teardown: Teardown,
): Promise<LoadOutcome> => {
  const generator = startProcess('load/main.js', teardown)
  const outcome = new Promise<LoadOutcome>((resolve, reject) => {
    generator.child.on('message', (message) => {
      const report = message as LoadReport
      if (report.kind === 'window-opened') edges.opened()
      else if (report.kind === 'window-closed') edges.closed()
      else if (report.kind === 'done') resolve(report.outcome)
      else reject(new Error(`load generator: ${report.message}`))
    })
    void generator.ended.then(() => reject(new Error(`load generator:\n${generator.output()}`)))
  })
  generator.child.send(plan)
  const result = await outcome
  await generator.ended
  return result
}
