// How answers cross the thread: as one buffer, columns of numbers before the bytes, because a head of objects costs ten
// times as much to clone. Most answers of a moment have the same headers: each text of them is in the block once.
//
// Numbers are u32 in the machine's own order: answers, texts; of all answers `n`, then status, then the number of its text,
// then bytes of its body (0: none); bytes of each text; then the texts, then the bodies.
export type Headers = Readonly<Record<string, string>>

export interface BlockReply {
  readonly n: number
  readonly status: number
  readonly headers: Headers
  readonly body: string | null
}

/** An answer in a block. */
export interface ReadReply {
  readonly n: number
  readonly status: number
  readonly headers: Headers
  /** A part of the block. */
  readonly body: Uint8Array | null
}

const wordBytes = 4
const columns = 4
const countWords = 2

const noHeaders: Headers = Object.freeze({})

/** No header may hold it, as none may hold a line break (reply-head.ts). */
const separator = '\0'

const textOf = (headers: Headers): string => {
  let text = ''
  for (const name in headers) {
    const value = headers[name]!
    if (!value.includes(separator)) text += `${name}${separator}${value}${separator}`
  }
  return text
}

const headersOf = (text: string): Headers => {
  if (text === '') return noHeaders
  const parts = text.split(separator)
  if (parts.length % 2 !== 1) throw new RangeError('half a header')
  const headers: Record<string, string> = {}
  for (let at = 0; at + 1 < parts.length; at += 2) headers[parts[at]!] = parts[at + 1]!
  return Object.freeze(headers)
}

/** Numbers of texts, each once. */
const numbered = (replies: readonly BlockReply[]): { texts: string[]; numbers: number[] } => {
  const known = new Map<string, number>()
  const numbers = replies.map(({ headers }) => {
    const text = textOf(headers)
    const number = known.get(text) ?? known.size
    known.set(text, number)
    return number
  })
  return { texts: [...known.keys()], numbers }
}

const lengthsOf = (texts: readonly (string | null)[]): number[] =>
  texts.map((text) => (text === null ? 0 : Buffer.byteLength(text)))

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

/** In a buffer of its own, which may be transferred: never the shared pool, it carries secrets. */
export const writeBlock = (replies: readonly BlockReply[]): Uint8Array => {
  const { texts, numbers } = numbered(replies)
  const bodyBytes = lengthsOf(replies.map(({ body }) => body))
  const textBytes = lengthsOf(texts)
  const words = countWords + columns * replies.length + texts.length
  const block = Buffer.allocUnsafeSlow(words * wordBytes + sum(textBytes) + sum(bodyBytes))
  const head = new Uint32Array(block.buffer, 0, words)
  head[0] = replies.length
  head[1] = texts.length
  replies.forEach(({ n, status }, i) => {
    head[countWords + i] = n
    head[countWords + replies.length + i] = status
    head[countWords + 2 * replies.length + i] = numbers[i]!
    head[countWords + 3 * replies.length + i] = bodyBytes[i]!
  })
  head.set(textBytes, countWords + columns * replies.length)
  let at = words * wordBytes
  for (const text of texts) at += block.write(text, at)
  for (const { body } of replies) if (body !== null) at += block.write(body, at)
  return block
}

/** Texts of headers remembered by a reader. */
const textsKept = 512

/** The front's side. */
export class BlockReader {
  readonly #headers = new Map<string, Headers>()

  /** Throws a RangeError for what no writer writes. */
  read(block: Uint8Array): ReadReply[] {
    const head = headOf(block)
    const [count, texts] = [head[0]!, head[1]!]
    const lengths = countWords + 3 * count
    let at = head.byteLength
    const headers: Headers[] = []
    for (let i = 0; i < texts; i++) {
      const end = at + head[lengths + count + i]!
      headers.push(this.#headersAt(block, at, end))
      at = end
    }
    requireFit(block, head, at)
    const replies: ReadReply[] = []
    for (let i = 0; i < count; i++) {
      const end = at + head[lengths + i]!
      replies.push({
        n: head[countWords + i]!,
        status: head[countWords + count + i]!,
        headers: headers[head[countWords + 2 * count + i]!]!,
        body: end > at ? block.subarray(at, end) : null,
      })
      at = end
    }
    return replies
  }

  #headersAt(block: Uint8Array, from: number, to: number): Headers {
    const text = Buffer.from(block.buffer, block.byteOffset + from, to - from).toString()
    const known = this.#headers.get(text)
    if (known) return known
    if (this.#headers.size >= textsKept) this.#headers.clear()
    const headers = headersOf(text)
    this.#headers.set(text, headers)
    return headers
  }
}

const malformed = (): RangeError => new RangeError('a block of answers that none has written')

const headOf = ({ buffer, byteOffset, length }: Uint8Array): Uint32Array => {
  if (length < countWords * wordBytes) throw malformed()
  const counts = new Uint32Array(buffer, byteOffset, countWords)
  const words = countWords + columns * counts[0]! + counts[1]!
  if (words * wordBytes > length) throw malformed()
  return new Uint32Array(buffer, byteOffset, words)
}

/** Each answer has a text, and the bodies fill what is left behind the texts. */
const requireFit = (block: Uint8Array, head: Uint32Array, bodies: number): void => {
  const [count, texts] = [head[0]!, head[1]!]
  let end = bodies
  for (let i = 0; i < count; i++) {
    if (head[countWords + 2 * count + i]! >= texts) throw malformed()
    end += head[countWords + 3 * count + i]!
  }
  if (end !== block.length) throw malformed()
}
