// What one tenant's callers were told, held against the engine later.
import { EntryRecord } from './entry-record.js'

const faultsKept = 20

export class Ledger {
  /** By folder, and in it by name. */
  readonly folders = new Map<string, Map<string, EntryRecord>>()
  /** Entries with at least one acknowledged version. */
  readonly readable: EntryRecord[] = []
  /** Secrets that were answered: each must be on record. */
  reads = 0
  writes = 0
  unanswered = 0
  readonly refusals = new Map<string, number>()
  /** What must not have been; the first of them. */
  readonly #faults = new Set<string>()

  record(name: string, folder: string): EntryRecord {
    const entry = new EntryRecord(name, folder)
    const entries = this.folders.get(folder) ?? new Map<string, EntryRecord>()
    this.folders.set(folder, entries.set(name, entry))
    return entry
  }

  refused(status: number, code: string): void {
    const reason = `${status} ${code}`
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1)
    if (status !== 503) this.fault(`refused with ${reason}`)
  }

  fault(fault: string | null): void {
    if (fault !== null && this.#faults.size < faultsKept) this.#faults.add(fault)
  }

  /** Each once, and from then on anew. */
  takeFaults(): string[] {
    const faults = [...this.#faults]
    this.#faults.clear()
    return faults
  }
}
