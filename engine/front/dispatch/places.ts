// The places of a shard: so many requests may wait for an answer there. Nobody takes them all: whoever has some gets
// more only while as many are left to everybody else, so that there is always room for the next.

/** Of callers who have not signed in, all together: they must not crowd out those who have. */
const unauthenticatedShare = 1 / 8

export class Places {
  readonly #owners = new Map<string, number>()
  #taken = 0
  #unauthenticated = 0

  constructor(private readonly limit: number) {}

  /** False: no place for this owner now. */
  take(owner: string, isUnauthenticated: boolean): boolean {
    const own = this.#owners.get(owner) ?? 0
    const others = this.#taken - own
    if (own >= Math.ceil((this.limit - others) / 2)) return false
    if (isUnauthenticated && this.#unauthenticated >= Math.ceil(this.limit * unauthenticatedShare))
      return false
    this.#count(owner, own + 1, isUnauthenticated, 1)
    return true
  }

  give(owner: string, isUnauthenticated: boolean): void {
    this.#count(owner, (this.#owners.get(owner) ?? 0) - 1, isUnauthenticated, -1)
  }

  #count(owner: string, own: number, isUnauthenticated: boolean, change: 1 | -1): void {
    this.#taken += change
    if (isUnauthenticated) this.#unauthenticated += change
    if (own > 0) this.#owners.set(owner, own)
    else this.#owners.delete(owner)
  }
}
