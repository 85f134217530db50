// The requests in flight, and when the listener may go: after the last of them is answered and no connection has
// spoken for a moment, or when grace is over.

/** A client that has its answer but not yet read its `Connection: close` may still send; this long we listen on. */
const quietMs = 100
const lookEveryMs = 20

export class Drain {
  #inFlight = 0
  #lastSeen = 0
  #closing = false

  /** True: every answer closes its connection. */
  get closing(): boolean {
    return this.#closing
  }

  get inFlight(): number {
    return this.#inFlight
  }

  enter(): void {
    this.#inFlight++
  }

  leave(): void {
    this.#inFlight--
    if (this.#closing) this.#lastSeen = performance.now()
  }

  /** Resolves when all is answered and quiet, at the latest after `graceMs`. */
  finish(graceMs: number): Promise<void> {
    this.#closing = true
    const start = performance.now()
    this.#lastSeen = start
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const now = performance.now()
        const quiet = this.#inFlight === 0 && now - this.#lastSeen >= quietMs
        if (!quiet && now - start < graceMs) return
        clearInterval(timer)
        resolve()
      }, lookEveryMs)
    })
  }
}
