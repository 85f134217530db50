// Where a text stops being JSON (RFC 8259): line and column, and nothing of the text itself, which may hold secrets. The
// parser's own messages quote it, and some name no place.

export interface Position {
  /** From 1. */
  readonly line: number
  readonly column: number
}

const space = /[\t\n\r ]*/y
const text = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][+-]?\d+)?|true|false|null/y

/** Thrown at the first character that cannot stand where it stands. */
class Stop extends Error {}

class Reader {
  at = 0

  constructor(private readonly source: string) {}

  value(): void {
    this.#skip(space)
    const next = this.source[this.at]
    if (next === '{') this.#list('}', () => this.#member())
    else if (next === '[') this.#list(']', () => this.value())
    else if (!this.#skip(next === '"' ? text : scalar)) throw new Stop()
    this.#skip(space)
  }

  end(): void {
    if (this.at < this.source.length) throw new Stop()
  }

  #list(close: string, item: () => void): void {
    this.at++
    this.#skip(space)
    if (this.#take(close)) return
    do item()
    while (this.#take(','))
    if (!this.#take(close)) throw new Stop()
  }

  #member(): void {
    this.#skip(space)
    if (!this.#skip(text)) throw new Stop()
    this.#skip(space)
    if (!this.#take(':')) throw new Stop()
    this.value()
  }

  #take(character: string): boolean {
    if (this.source[this.at] !== character) return false
    this.at++
    return true
  }

  /** Whether anything was there. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.source)?.[0] ?? ''
    this.at += found.length
    return found !== ''
  }
}

const positionOf = (source: string, at: number): Position => {
  const before = source.slice(0, at).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

/** Of the first character that is no JSON; null: it is JSON, or nested too deep to say. */
export const faultIn = (source: string): Position | null => {
  const reader = new Reader(source)
  try {
    reader.value()
    reader.end()
    return null
  } catch (error) {
    return error instanceof Stop ? positionOf(source, reader.at) : null
  }
}
