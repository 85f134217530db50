// argon2id, away from everything that must stay quick: at most half the cores at once, taking turns between owners
// (tenants), so that nobody's sign-in storm is everybody's.
import type { Piscina } from 'piscina'
import { ApiError } from '../../errors.js'

interface Job {
  readonly name: string
  readonly task: unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

const waitingPerOwner = 64

export class SlowPool {
  // In order of whose turn it is.
  readonly #waiting = new Map<string, Job[]>()
  #running = 0

  constructor(
    private readonly pool: Piscina,
    private readonly width: number,
  ) {}

  hashPassword(owner: string, password: string): Promise<string> {
    return this.#submit(owner, 'hashPassword', password)
  }

  verifyPassword(owner: string, verifier: string, password: string): Promise<boolean> {
    return this.#submit(owner, 'verifyPassword', { verifier, password })
  }

  #submit<T>(owner: string, name: string, task: unknown): Promise<T> {
    const jobs = this.#waiting.get(owner) ?? []
    if (jobs.length >= waitingPerOwner) return Promise.reject(new ApiError('overloaded'))
    return new Promise<T>((resolve, reject) => {
      jobs.push({ name, task, resolve: (value) => resolve(value as T), reject })
      this.#waiting.set(owner, jobs)
      this.#next()
    })
  }

  #next(): void {
    if (this.#running >= this.width) return
    const turn = this.#waiting.entries().next().value
    if (!turn) return
    const [owner, jobs] = turn
    const job = jobs.shift()
    this.#waiting.delete(owner)
    if (jobs.length > 0) this.#waiting.set(owner, jobs)
    if (job) this.#run(job)
  }

  #run({ name, task, resolve, reject }: Job): void {
    this.#running++
    this.pool
      .run(task, { name })
      .then(resolve, reject)
      .finally(() => {
        this.#running--
        this.#next()
      })
    this.#next()
  }
}
