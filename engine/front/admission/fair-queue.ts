// A queue in which everybody has a turn, however much another has in it. Who waits stands at the end of a path of names
// (a network, an address in it): turns go round among the first names, and within one among the next. Whoever makes the
// queue too long is found the same way, so that one with little in it is never the one to give way.
export class FairQueue<T> {
  readonly #children = new Map<string, FairQueue<T>>()
  readonly #items: T[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** All paths of one queue have the same length. */
  push([name, ...rest]: readonly string[], item: T): void {
    this.#size++
    if (name === undefined) this.#items.push(item)
    else this.#childOf(name).push(rest, item)
  }

  /** Whose turn it is; the oldest of theirs. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined
    this.#size--
    const [turn] = this.#children
    if (!turn) return this.#items.shift()
    const [name, child] = turn
    const item = child.shift()
    this.#children.delete(name)
    if (child.size > 0) this.#children.set(name, child)
    return item
  }

  /** The newest of whoever has most. */
  pop(): T | undefined {
    if (this.#size === 0) return undefined
    this.#size--
    const [name, child] = this.#longest()
    if (!child) return this.#items.pop()
    const item = child.pop()
    if (child.size === 0) this.#children.delete(name)
    return item
  }

  #childOf(name: string): FairQueue<T> {
    const child = this.#children.get(name) ?? new FairQueue<T>()
    this.#children.set(name, child)
    return child
  }

  /** Of several the last, which came last. */
  #longest(): readonly [string, FairQueue<T> | null] {
    let longest: readonly [string, FairQueue<T> | null] = ['', null]
    for (const turn of this.#children) if (turn[1].size >= (longest[1]?.size ?? 0)) longest = turn
    return longest
  }
}
