// One after the other, in the order asked: for work whose first look must still be true when it writes.
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `work` when everything asked for before it has ended, well or not. It must not ask for it itself. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work)
    this.#last = result.catch(() => undefined)
    return result
  }
}
