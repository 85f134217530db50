// One entry as its only writer knows it: which versions the engine acknowledged, which it refused, and of which it never
// said anything. Versions come one after the other, because every change names the one that it is made on.

export interface Attempt {
  readonly version: number
  readonly content: string
}

export class EntryRecord {
  id: string | null = null
  /** Content of each version that was acknowledged. */
  readonly kept = new Map<number, string>()
  /** What each was refused with. */
  readonly refused = new Map<string, string>()
  /** On its way, or without an answer for ever. */
  open: Attempt | null = null

  constructor(
    readonly name: string,
    readonly folder: string,
  ) {}

  /** The newest that was acknowledged; 0: none. */
  get version(): number {
    return this.kept.size
  }

  begin(): Attempt {
    const version = this.version + 1
    this.open = { version, content: `${this.name} ${version} ${Math.random()}` }
    return this.open
  }

  acknowledged({ version, content }: Attempt): void {
    this.kept.set(version, content)
    this.open = null
  }

  wasRefused({ content }: Attempt, reason: string): void {
    this.refused.set(content, reason)
    this.open = null
  }

  /** What is wrong with what the engine shows as version `version`; null: nothing. */
  faultIn(version: number, content: unknown): string | null {
    const expected = this.kept.get(version) ?? this.#opened(version)
    if (content === expected) return null
    const reason = this.refused.get(String(content))
    const what = reason === undefined ? 'something else' : `what was refused with ${reason}`
    return `${this.folder}/${this.name} has ${what} as version ${version}`
  }

  #opened(version: number): string | undefined {
    return this.open?.version === version ? this.open.content : undefined
  }
}
