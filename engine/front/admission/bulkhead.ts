// Lets few pieces of work run at a time and few wait, in turns (the bulkhead of a ship, which holds a leak in). What it
// guards costs bounded time, memory and waiting, whatever comes.
import { FairQueue } from './fair-queue.js'

export interface BulkheadOptions {
  readonly atOnce: number
  /** More than these make one give way. */
  readonly waiting: number
}

type Waiter = (mayRun: boolean) => void

export class Bulkhead {
  readonly #waiting = new FairQueue<Waiter>()
  #running = 0

  constructor(private readonly options: BulkheadOptions) {}

  get waiting(): number {
    return this.#waiting.size
  }

  /** What `work` answers once the turn of `path` has come; `full`: it had to give way. Rejects as `work` does. */
  run<T>(path: readonly string[], work: () => Promise<T>): Promise<T | 'full'> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(path, (mayRun) => {
        if (mayRun) void this.#start(work).then(resolve, reject)
        else resolve('full')
      })
      this.#next()
      if (this.#waiting.size > this.options.waiting) this.#waiting.pop()?.(false)
    })
  }

  async #start<T>(work: () => Promise<T>): Promise<T> {
    this.#running++
    try {
      return await work()
    } finally {
      this.#running--
      this.#next()
    }
  }

  #next(): void {
    while (this.#running < this.options.atOnce && this.#waiting.size > 0)
      this.#waiting.shift()?.(true)
  }
}
