// Long work gives way: whoever loops over many rows asks for its next slice between some of them. One slice runs at a
// time, then the thread looks at its sockets and messages; tenants take turns, so that one's many long lists are not
// another's wait. What is short need not ask.
import type { TenantId } from '../../ids.js'

type Resume = () => void

export class Slices {
  // In the order of their turns.
  readonly #waiting = new Map<TenantId, Resume[]>()
  #scheduled = false

  /** Resolves when it is this tenant's turn; soon where nobody else waits. */
  next(tenant: TenantId): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(tenant)
      if (waiting) waiting.push(resolve)
      else this.#waiting.set(tenant, [resolve])
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.size === 0) return
    this.#scheduled = true
    // Of those set while immediates run, the next run after sockets and messages were looked at.
    setImmediate(() => {
      this.#scheduled = false
      this.#resumeOne()
      this.#schedule()
    })
  }

  #resumeOne(): void {
    const [turn] = this.#waiting
    if (!turn) return
    const [tenant, waiting] = turn
    this.#waiting.delete(tenant)
    waiting.shift()?.()
    if (waiting.length > 0) this.#waiting.set(tenant, waiting)
  }
}
