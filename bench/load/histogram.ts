// Latencies in microseconds, log-linear: 128 steps an octave, so every value is kept within 0.8 %. An index and an
// increment for each one recorded; histograms of several rounds add up.
const stepBits = 7
const steps = 1 << stepBits
const largest = 2 ** 31 - 1
const buckets = (31 - stepBits) * steps + 2 * steps

const indexOf = (value: number): number => {
  const shift = Math.max(0, 31 - Math.clz32(value) - stepBits)
  return shift * steps + (value >>> shift)
}

/** The middle of a bucket. */
const valueOf = (index: number): number => {
  const shift = Math.max(0, (index >>> stepBits) - 1)
  return (index - shift * steps + 0.5) * 2 ** shift - 0.5
}

export class Histogram {
  readonly #counts: Float64Array

  /** `counts` as `toCounts` gave them. */
  constructor(counts: readonly number[] = []) {
    this.#counts = new Float64Array(buckets)
    this.#counts.set(counts)
  }

  get total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  record(microseconds: number): void {
    this.#counts[indexOf(Math.min(largest, Math.max(0, Math.round(microseconds))))]! += 1
  }

  add(other: Histogram): void {
    other.#counts.forEach((count, index) => (this.#counts[index]! += count))
  }

  /** The smallest value that `share` of all are not above, in microseconds; 0 when nothing was recorded. */
  quantile(share: number): number {
    let left = Math.max(1, Math.ceil(share * this.total))
    for (let index = 0; index < buckets; index++) {
      left -= this.#counts[index]!
      if (left <= 0) return valueOf(index)
    }
    return 0
  }

  toCounts(): number[] {
    const last = this.#counts.findLastIndex((count) => count > 0)
    return [...this.#counts.subarray(0, last + 1)]
  }
}
