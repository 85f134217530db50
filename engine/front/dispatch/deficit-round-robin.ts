// A queue in which owners take turns by what their items cost, not by who came first (deficit round robin: Shreedhar and
// Varghese, 1996): whoever sends much or expensive work waits for their own, others only for a turn of each.

interface Line<T> {
  readonly items: { readonly item: T; readonly cost: number }[]
  /** The first that has not left. */
  first: number
  credit: number
}

export interface Portion {
  readonly items: number
  /** An item that costs more than what is left of it leaves all the same, as the last. */
  readonly cost: number
}

/** What an owner may spend in one turn. */
const turnCost = 1_000
/** Places of items that have left are given back in one go. */
const compactAt = 1_024

export class DeficitRoundRobin<T> {
  // In the order of their turns.
  readonly #lines = new Map<string, Line<T>>()
  #length = 0

  get length(): number {
    return this.#length
  }

  push(owner: string, item: T, cost: number): void {
    let line = this.#lines.get(owner)
    if (!line) this.#lines.set(owner, (line = { items: [], first: 0, credit: 0 }))
    line.items.push({ item, cost })
    this.#length++
  }

  /** Takes what leaves together; nothing only when there is nothing. */
  take(portion: Portion): T[] {
    const taken: T[] = []
    const left = { items: portion.items, cost: portion.cost }
    while (left.items > 0 && left.cost > 0) {
      const [turn] = this.#lines
      if (!turn) break
      const [owner, line] = turn
      this.#spend(line, taken, left)
      this.#endTurn(owner, line)
    }
    this.#length -= taken.length
    return taken
  }

  clear(): void {
    this.#lines.clear()
    this.#length = 0
  }

  #spend(line: Line<T>, taken: T[], left: { items: number; cost: number }): void {
    line.credit += turnCost
    for (; left.items > 0 && left.cost > 0; left.items--) {
      const next = line.items[line.first]
      if (!next || next.cost > line.credit) return
      line.first++
      line.credit -= next.cost
      left.cost -= next.cost
      taken.push(next.item)
    }
  }

  /** Who has nothing left keeps no credit. */
  #endTurn(owner: string, line: Line<T>): void {
    this.#lines.delete(owner)
    if (line.first === line.items.length) return
    if (line.first >= compactAt) line.items.splice(0, line.first)
    if (line.first >= compactAt) line.first = 0
    this.#lines.set(owner, line)
  }
}
