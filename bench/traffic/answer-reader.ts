// Follows one answer after the other on a connection, by status and length; bodies of megabytes are not kept.
const endOfHead = Buffer.from('\r\n\r\n')

export class AnswerReader {
  #head: Buffer = Buffer.alloc(0)
  /** Bytes of the body that have to come; null before the head is whole. */
  #left: number | null = null
  /** Of the answer that is under way, or was last. */
  status = 0
  /** The connection ends with this answer. */
  closes = false

  /** Whether the answer is there as a whole; never more than one is under way. */
  take(bytes: Buffer): boolean {
    if (this.#left === null) this.#takeHead(bytes)
    else this.#left -= bytes.length
    if (this.#left === null || this.#left > 0) return false
    this.#left = null
    return true
  }

  #takeHead(bytes: Buffer): void {
    const head = Buffer.concat([this.#head, bytes])
    const end = head.indexOf(endOfHead)
    this.#head = end < 0 ? head : Buffer.alloc(0)
    if (end < 0) return
    const text = head.toString('latin1', 0, end)
    this.status = Number(text.slice(9, 12))
    this.closes = /\r\nconnection: *close/i.test(text)
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0)
    this.#left = length - (head.length - end - endOfHead.length)
  }
}
