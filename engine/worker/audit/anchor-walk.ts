// The anchors of one chain in the order of its events, although the sink tells the newest first: a first pass backwards
// remembers where each page begins, and no more, so that years of anchors need little memory.
import type { Uuid } from '../../ids.js'
import type { AnchorSink, SignedAnchor } from './anchors.js'

type Sink = Pick<AnchorSink, 'anchors'>

export class AnchorWalk {
  /** Of the present page, the next one last. */
  #page: SignedAnchor[] = []

  private constructor(
    private readonly sink: Sink,
    private readonly chain: Uuid,
    /** Where the pages still to come begin, the oldest last. */
    private readonly pages: number[],
    /** 0: the chain has no anchor. */
    readonly lastSeq: number,
  ) {}

  /** The anchors that there are now; later ones are not seen. */
  static async open(sink: Sink, chain: Uuid): Promise<AnchorWalk> {
    const pages: number[] = []
    let page = await sink.anchors(chain, null)
    const lastSeq = page[0]?.seq ?? 0
    for (let before = lastSeq + 1; page.length > 0; page = await sink.anchors(chain, before)) {
      pages.push(before)
      before = Math.min(...page.map(({ seq }) => seq))
    }
    return new AnchorWalk(sink, chain, pages, lastSeq)
  }

  /** Takes the anchors up to this event that were not taken before, by event. */
  async upTo(seq: number): Promise<ReadonlyMap<number, readonly SignedAnchor[]>> {
    const taken = new Map<number, SignedAnchor[]>()
    for (let next = await this.#next(); next && next.seq <= seq; next = await this.#next()) {
      taken.set(next.seq, [...(taken.get(next.seq) ?? []), next])
      this.#page.pop()
    }
    return taken
  }

  async #next(): Promise<SignedAnchor | undefined> {
    while (this.#page.length === 0) {
      const before = this.pages.pop()
      if (before === undefined) return undefined
      this.#page = [...(await this.sink.anchors(this.chain, before))].sort((a, b) => b.seq - a.seq)
    }
    return this.#page.at(-1)
  }
}
