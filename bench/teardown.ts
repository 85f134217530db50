// What has to go when a run ends, however it ends: the newest first, each once. It must never stop at a failure: what
// comes after a process that does not end is still a temporary folder.
type Undo = () => Promise<void> | void

export class Teardown {
  readonly #undo: Undo[] = []
  #running: Promise<void> | null = null

  /** A start that is still under way when the run is interrupted is undone as soon as it says so. */
  defer(undo: Undo): void {
    if (this.#running) void this.#attempt(undo)
    else this.#undo.push(undo)
  }

  /** The same end for all who ask. */
  run(): Promise<void> {
    return (this.#running ??= this.#runAll())
  }

  async #runAll(): Promise<void> {
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) await this.#attempt(undo)
  }

  async #attempt(undo: Undo): Promise<void> {
    try {
      await undo()
    } catch (error) {
      process.stderr.write(`bench: ${error instanceof Error ? error.message : 'cannot clean up'}\n`)
    }
  }
}
