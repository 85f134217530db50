// Breaks of the log that an administrator has acknowledged (FORMATS §5): one each, by the event that the log itself holds.
// What is broken elsewhere, otherwise or again is another break.
import { outcomes } from './actions.js'
import type { RecordedEvent } from './line.js'
import type { Finding } from './reasons.js'

interface Acknowledgement {
  readonly sequence: number
  readonly found: unknown
  readonly time: number
}

export class Acknowledgements {
  readonly #known = new Map<unknown, Acknowledgement[]>()

  /** An event `audit.acknowledge`. */
  take({ outcome, detail, time }: Pick<RecordedEvent, 'outcome' | 'detail' | 'time'>): void {
    if (outcome !== outcomes.success) return
    const known = this.#known.get(detail.chain) ?? []
    known.push({ sequence: Number(detail.sequence), found: detail.found, time })
    this.#known.set(detail.chain, known)
  }

  has(finding: Finding): boolean {
    const { chain, sequence, reason } = finding.fault
    const isNamed = (one: Acknowledgement): boolean =>
      one.sequence === sequence && one.found === reason
    if (this.#known.get(chain)?.some(isNamed)) return true
    return reason === 'chain_broken' && this.#covers(finding)
  }

  // The writer has left a chain where its last anchor was, or after it; what was acknowledged since may lie before.
  #covers({ of, time }: Finding): boolean {
    const known = this.#known.get(of.chain) ?? []
    return known.some((one) => one.sequence <= of.sequence && time !== null && one.time >= time)
  }
}
