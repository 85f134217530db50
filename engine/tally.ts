// A histogram that costs a few nanoseconds a value, and can cross threads: what is made of it is the reader's.

/** `counts[i]`: values up to `bounds[i]` and above the bound before; the last one: above them all. */
export interface TallyCounts {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
  readonly sum: number
}

export class Tally {
  readonly #counts: Float64Array
  #sum = 0

  /** Ascending. */
  constructor(readonly bounds: readonly number[]) {
    this.#counts = new Float64Array(bounds.length + 1)
  }

  add(value: number): void {
    const { bounds } = this
    let at = 0
    while (at < bounds.length && value > bounds[at]!) at++
    this.#counts[at]!++
    this.#sum += value
  }

  read(): TallyCounts {
    return { bounds: this.bounds, counts: [...this.#counts], sum: this.#sum }
  }
}
