// One run of a layer: operations in turn, round after round, so that what disturbs the machine hits all alike.
import { describeMachine } from '../measure/machine.js'
import type { RunOptions } from '../options.js'
import { median } from '../report/result.js'
import type { Layer, Operation } from './layer.js'
import type { LayerFigure, LayerResult } from './layer-result.js'

interface Sample {
  readonly micros: number
  readonly cpuMicros: number
}

const batch = 256

/** Of one operation; other threads of the process (garbage) count as processor time. */
const sampled = (work: () => void, seconds: number): Sample => {
  const [start, before] = [performance.now(), process.cpuUsage()]
  let done = 0
  for (; performance.now() - start < seconds * 1000; done += batch)
    for (let i = 0; i < batch; i++) work()
  const { user, system } = process.cpuUsage(before)
  return { micros: ((performance.now() - start) * 1000) / done, cpuMicros: (user + system) / done }
}

const figureOf = (layer: string, { id }: Operation, samples: readonly Sample[]): LayerFigure => {
  const middle = (name: keyof Sample): number =>
    Number(median(samples.map((sample) => sample[name])).toFixed(3))
  return { id: `${layer}/${id}`, micros: middle('micros'), cpuMicros: middle('cpuMicros') }
}

/** A tenth of what a load over HTTP takes: an operation is some microseconds long. */
const share = 0.1

export const runLayer = (
  layer: Layer,
  { seconds, warmupSeconds, rounds, temporary }: RunOptions,
  say: (line: string) => void,
): LayerResult => {
  const startedUtc = new Date().toISOString()
  const machine = describeMachine(temporary)
  const operations = layer.operations()
  const samples = operations.map((): Sample[] => [])
  for (const { work } of operations) sampled(work, warmupSeconds * share)
  for (let round = 1; round <= rounds; round++) {
    operations.forEach(({ work }, i) => samples[i]!.push(sampled(work, seconds * share)))
    say(`round ${round} of ${rounds}`)
  }
  return {
    format: 'layer 1',
    scope: layer.name,
    startedUtc,
    machine,
    settings: { seconds, warmupSeconds, rounds },
    figures: operations.map((operation, i) => figureOf(layer.name, operation, samples[i]!)),
  }
}
