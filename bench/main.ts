// `npm run bench`. Ends with everything it started, also after Ctrl-C or a failure; exit code 1 when a target is missed
// or the run failed.
import { audit } from './audit-log/audit.js'
import { runLayer as runLog } from './audit-log/run-layer.js'
import type { Layer } from './layer/layer.js'
import { layerTable, writeLayer } from './layer/layer-result.js'
import { runLayer } from './layer/run-layer.js'
import { suites } from './layer/suites.js'
import { readOptions, type RunOptions } from './options.js'
import { compareResults } from './report/compare.js'
import { summaryOf } from './report/table.js'
import { writeResult } from './report/write.js'
import { runScope } from './run-scope.js'
import { front } from './scope/front.js'
import { neighbours } from './scope/neighbours.js'
import { writes } from './scope/writes.js'
import { Teardown } from './teardown.js'

const scopes = [front, neighbours, writes]
const layers = [suites]
const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

const say = (line: string): void => void process.stderr.write(`${line}\n`)

const names = [...scopes, ...layers, audit].map(({ name }) => name)

const measureLayer = (layer: Layer, options: RunOptions): void => {
  const result = runLayer(layer, options, say)
  const file = writeLayer(options.out, result)
  process.stdout.write(`\n${layerTable(result)}\n\n${file}\n`)
}

const measureLog = async (options: RunOptions, teardown: Teardown): Promise<void> => {
  const table = await runLog(audit, options, teardown, say)
  await teardown.run()
  process.stdout.write(`\n${table}\n`)
}

const run = async (options: RunOptions, teardown: Teardown): Promise<void> => {
  const scope = scopes.find(({ name }) => name === options.scope)
  if (!scope) throw new Error(`--scope must be one of ${names.join(', ')}`)
  const connections = options.connections.length > 0 ? options.connections : scope.connections
  const result = await runScope(scope, { ...options, connections }, teardown, say)
  await teardown.run()
  const files = writeResult(options.out, result)
  process.stdout.write(`\n${summaryOf(result)}\n\n${files.join('\n')}\n`)
  if (result.verdicts.some(({ passed }) => passed === false)) process.exitCode = 1
}

const teardown = new Teardown()
let interrupted = false
for (const [signal, code] of Object.entries(signalCodes))
  process.on(signal, () => {
    interrupted = true
    void teardown.run().then(() => process.exit(code))
  })

const fail = async (error: unknown): Promise<void> => {
  // What an interruption broke is not worth a word.
  if (!interrupted) say(`bench: ${error instanceof Error ? error.message : 'the run failed'}`)
  await teardown.run()
  if (!interrupted) process.exit(1)
}
// What an event handler throws passes by every catch.
process.on('uncaughtException', (error) => void fail(error))

try {
  const options = readOptions(process.argv.slice(2))
  if (options.kind === 'compare')
    process.stdout.write(`${compareResults(options.before, options.after)}\n`)
  else {
    const layer = layers.find(({ name }) => name === options.scope)
    if (layer) measureLayer(layer, options)
    else if (options.scope === audit.name) await measureLog(options, teardown)
    else await run(options, teardown)
  }
} catch (error) {
  await fail(error)
}
