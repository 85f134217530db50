// Measures JSON as its bytes arrive, before anybody parses it: how deep, and how many tokens (an opening bracket, a comma
// or a colon each). It knows texts from structure (RFC 8259 §7) and nothing else: what is no JSON gets some measure too,
// and is refused by who parses it. It must never keep a byte.

const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c
const colon = 0x3a
const quote = 0x22
const backslash = 0x5c

export class JsonMeter {
  /** The deepest so far. */
  depth = 0
  tokens = 0
  #open = 0
  #inText = false
  #escaped = false

  /** Stops looking where one of the measures is above its limit. */
  take(bytes: Uint8Array, limits: { readonly depth: number; readonly tokens: number }): void {
    let at = 0
    while (at < bytes.length) {
      if (this.#inText) at = this.#skipText(bytes, at)
      else this.#step(bytes[at++]!)
      if (this.depth > limits.depth || this.tokens > limits.tokens) return
    }
  }

  #step(byte: number): void {
    if (byte === quote) this.#inText = true
    else if (byte === comma || byte === colon) this.tokens++
    else if (byte === openBrace || byte === openBracket) {
      this.tokens++
      if (++this.#open > this.depth) this.depth = this.#open
    } else if (byte === closeBrace || byte === closeBracket) this.#open--
  }

  /** To behind the text's closing quote, or to the end of what is there. */
  #skipText(bytes: Uint8Array, from: number): number {
    let at = this.#escaped ? from + 1 : from
    while (at < bytes.length) {
      const near = Math.min(at + nearBytes, bytes.length)
      for (; at < near; at++) {
        if (bytes[at] === backslash) at++
        else if (bytes[at] === quote) return this.#endText(at)
      }
      if (at < bytes.length) at = farQuote(bytes, at)
    }
    this.#escaped = at > bytes.length
    return bytes.length
  }

  #endText(at: number): number {
    this.#inText = false
    this.#escaped = false
    return at + 1
  }
}

/** A look for the next quote by the native search pays only where there is none for a while. */
const nearBytes = 64

/** The next quote, or what is behind it where it is escaped: after an odd number of backslashes. */
const farQuote = (bytes: Uint8Array, from: number): number => {
  const found = bytes.indexOf(quote, from)
  const end = found < 0 ? bytes.length : found
  let run = end
  while (run > from && bytes[run - 1] === backslash) run--
  return (end - run) % 2 === 0 ? end : end + 1
}
