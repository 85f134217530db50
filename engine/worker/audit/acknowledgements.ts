// Breaks of the log that an administrator has acknowledged (FORMATS §5): one each, by the event that the log itself holds.
// What is broken elsewhere or again is another break.
import { outcomes } from './actions.js'
import type { RecordedEvent } from './line.js'
import type { Finding } from './reasons.js'

export class Acknowledgements {
  /** Sequences by chain. */
  readonly #known = new Map<unknown, Set<unknown>>()

  /** An event `audit.acknowledge`. */
  take({ outcome, detail }: Pick<RecordedEvent, 'outcome' | 'detail'>): void {
    if (outcome !== outcomes.success) return
    const known = this.#known.get(detail.chain) ?? new Set()
    this.#known.set(detail.chain, known.add(detail.sequence))
  }

  has({ fault, of }: Finding): boolean {
    const { chain, sequence } = fault
    if (this.#known.get(chain)?.has(sequence)) return true
    return fault.reason === 'chain_broken' && this.#covers(of)
  }

  // The writer has left a chain where its last anchor was, or after it; what was acknowledged may lie before.
  #covers({ chain, sequence }: Finding['of']): boolean {
    return [...(this.#known.get(chain) ?? [])].some((known) => Number(known) <= sequence)
  }
}
