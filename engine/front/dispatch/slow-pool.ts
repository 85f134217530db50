// argon2id, away from everything that must stay quick: at most half the cores at once, taking turns between the networks
// that ask, so that nobody's sign-in storm is everybody's. It must never know which tenant a password is for: whose turn
// it is would tell whether a name exists. What was looked up before it is not told by the order either: requests of one
// network go in the order they came in, however long their look-ups took.
import type { Piscina } from 'piscina'
import { ApiError } from '../../errors.js'
import type { Uuid } from '../../ids.js'
import { networkOf } from '../../network.js'
import type { Asker } from '../../task/main.js'

interface Job {
  /** UUIDv7 of this process: in the order of arrival. */
  readonly requestId: Uuid
  readonly name: string
  readonly task: unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

const waitingPerNetwork = 64

const insertInOrder = (jobs: Job[], job: Job): void => {
  let at = jobs.length
  while (at > 0 && jobs[at - 1]!.requestId > job.requestId) at--
  jobs.splice(at, 0, job)
}

export class SlowPool {
  // In order of whose turn it is.
  readonly #waiting = new Map<string, Job[]>()
  #running = 0

  constructor(
    private readonly pool: Piscina,
    private readonly width: number,
  ) {}

  hashPassword(asker: Asker, password: string): Promise<string> {
    return this.#submit(asker, 'hashPassword', password)
  }

  verifyPassword(asker: Asker, verifier: string, password: string): Promise<boolean> {
    return this.#submit(asker, 'verifyPassword', { verifier, password })
  }

  #submit<T>({ clientAddress, requestId }: Asker, name: string, task: unknown): Promise<T> {
    const network = networkOf(clientAddress)
    const jobs = this.#waiting.get(network) ?? []
    if (jobs.length >= waitingPerNetwork) return Promise.reject(new ApiError('overloaded'))
    return new Promise<T>((resolve, reject) => {
      const settle = { resolve: (value: unknown) => resolve(value as T), reject }
      insertInOrder(jobs, { requestId, name, task, ...settle })
      this.#waiting.set(network, jobs)
      this.#next()
    })
  }

  #next(): void {
    if (this.#running >= this.width) return
    const turn = this.#waiting.entries().next().value
    if (!turn) return
    const [network, jobs] = turn
    const job = jobs.shift()
    this.#waiting.delete(network)
    if (jobs.length > 0) this.#waiting.set(network, jobs)
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
