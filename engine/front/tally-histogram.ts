// A histogram for Prometheus of numbers that were counted elsewhere: in another thread, or too often for a look-up of
// labels each time.
import {
  Histogram,
  type MetricObjectWithValues,
  type MetricType,
  type MetricValueWithName,
  type Registry,
} from 'prom-client'
import type { TallyCounts } from '../tally.js'

export interface LabelledTally<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>
  readonly tally: TallyCounts
}

export interface TallyHistogramOptions<Label extends string> {
  readonly name: string
  readonly help: string
  readonly label: Label
  readonly registry: Registry
  read(): Promise<readonly LabelledTally<Label>[]> | readonly LabelledTally<Label>[]
}

const valuesOf = <Label extends string>(
  name: string,
  { labels, tally }: LabelledTally<Label>,
): MetricValueWithName<Label>[] => {
  let total = 0
  const value = (suffix: string, number: number, le?: number | string) => ({
    metricName: `${name}_${suffix}`,
    labels: (le === undefined ? labels : { le, ...labels }) as Record<Label, string>,
    value: number,
  })
  const buckets = tally.bounds.map((bound, i) =>
    value('bucket', (total += tally.counts[i]!), bound),
  )
  total += tally.counts.at(-1)!
  return [
    ...buckets,
    value('bucket', total, '+Inf'),
    value('sum', tally.sum),
    value('count', total),
  ]
}

export class TallyHistogram<Label extends string> extends Histogram<Label> {
  readonly #options: TallyHistogramOptions<Label>

  constructor(options: TallyHistogramOptions<Label>) {
    const { name, help, label, registry } = options
    super({ name, help, labelNames: [label], registers: [registry] })
    this.#options = options
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<Label>>> {
    const { name, help, read } = this.#options
    const values = (await read()).flatMap((one) => valuesOf(name, one))
    // A word there, whatever its declaration says.
    const { type } = this as unknown as { readonly type: MetricType }
    return { name, help, type, aggregator: 'sum', values, collect: () => undefined }
  }

  /** What the registry asks where a histogram has it, past `get`. */
  getForPromString(): ReturnType<TallyHistogram<Label>['get']> {
    return this.get()
  }
}
