// One run of a scope: all contenders up, all outputs checked, then loads in rounds, contenders in turn, so that what
// disturbs the machine meanwhile hits all alike.
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkOutputs, type Bodies } from './check-outputs.js'
import type { Contender, Running } from './contender/contender.js'
import { benchEntries, type BenchEntry } from './contender/entry.js'
import { describeMachine } from './measure/machine.js'
import type { RunOptions } from './options.js'
import { figureOf, type Figure, type Result, type Round } from './report/result.js'
import { removeFolder } from './remove-folder.js'
import { runContender } from './run-contender.js'
import type { Scope } from './scope/scope.js'
import type { Teardown } from './teardown.js'

interface Started {
  readonly contender: Contender
  readonly running: Running
  readonly bodies: Bodies
}

type Say = (line: string) => void

const begin = async (
  contender: Contender,
  entries: readonly BenchEntry[],
  parent: string,
  teardown: Teardown,
  before: string | null,
): Promise<Started> => {
  const folder = join(parent, contender.id)
  mkdirSync(folder, { mode: 0o700 })
  teardown.defer(() => removeFolder(folder))
  const running = await contender.start({ folder, entries, teardown, before })
  return { contender, running, bodies: await checkOutputs(running, entries) }
}

const chosen = (scope: Scope, { contenders: names, before }: RunOptions): readonly Contender[] => {
  const contenders = scope.contenders.filter(({ isBefore }) => !isBefore || before !== null)
  const unknown = names.find((name) => contenders.every(({ id }) => id !== name))
  if (unknown !== undefined) throw new Error(`--contenders: there is no ${unknown}`)
  return names.length === 0 ? contenders : contenders.filter(({ id }) => names.includes(id))
}

const startAll = async (
  scope: Scope,
  options: RunOptions,
  teardown: Teardown,
  say: Say,
): Promise<Started[]> => {
  const parent = mkdtempSync(join(realpathSync(options.temporary), 'rppam-bench-'))
  teardown.defer(() => rmSync(parent, { recursive: true, force: true }))
  const entries = benchEntries(options.entries)
  const started: Started[] = []
  for (const contender of chosen(scope, options)) {
    started.push(await begin(contender, entries, parent, teardown, options.before))
    say(`${contender.id}: up, ${entries.length} outputs checked`)
  }
  return started
}

/** A load that nobody counts: a slow contender answers too few in a warm-up for its code to be compiled. */
const settle = async (
  started: readonly Started[],
  options: RunOptions,
  teardown: Teardown,
  say: Say,
): Promise<void> => {
  for (const { contender, running, bodies } of started) {
    await runContender(running, bodies, options.connections[0]!, options, teardown)
    say(`${contender.id}: warm`)
  }
}

const measureAll = async (
  scope: Scope,
  started: readonly Started[],
  options: RunOptions,
  teardown: Teardown,
  say: Say,
): Promise<Figure[]> => {
  const rounds = new Map<string, Round[]>()
  await settle(started, options, teardown, say)
  for (let round = 1; round <= options.rounds; round++)
    for (const connections of options.connections)
      for (const { contender, running, bodies } of started) {
        const done = await runContender(running, bodies, connections, options, teardown)
        const id = `${contender.id}/${connections}`
        rounds.set(id, [...(rounds.get(id) ?? []), done])
        say(`round ${round}: ${id}: ${Math.round(done.requests / done.seconds)}/s`)
      }
  return options.connections.flatMap((connections) =>
    started.map(({ contender: { id } }) =>
      figureOf(scope.name, id, connections, rounds.get(`${id}/${connections}`)!),
    ),
  )
}

export const runScope = async (
  scope: Scope,
  options: RunOptions,
  teardown: Teardown,
  say: Say,
): Promise<Result> => {
  const startedUtc = new Date().toISOString()
  const machine = describeMachine(options.temporary)
  const started = await startAll(scope, options, teardown, say)
  const figures = await measureAll(scope, started, options, teardown, say)
  const { seconds, warmupSeconds, rounds, entries } = options
  return {
    format: 1,
    scope: scope.name,
    startedUtc,
    machine,
    settings: { seconds, warmupSeconds, rounds, entries },
    contenders: started.map(({ contender: { id, title }, running: { settings } }) => ({
      id,
      title,
      settings,
    })),
    figures,
    verdicts: scope.judge(figures),
  }
}
