// Sends an answer piece by piece, each when the front asks for it. It must never make a piece that nobody asked for:
// whoever does not read keeps one piece waiting, and the work behind it.
import type { MessagePort } from 'node:worker_threads'
import type { AskForPiece, Piece } from '../../task/stream.js'

/** What was asked for, and not sent yet. */
class Asked {
  #pieces = 0
  #isOver = false
  #wake: (() => void) | null = null

  constructor(port: MessagePort) {
    port.on('message', (_: AskForPiece) => {
      this.#pieces++
      this.#wake?.()
    })
    port.on('close', () => {
      this.#isOver = true
      this.#wake?.()
    })
  }

  /** Resolves when a piece is wanted; false when nobody is there to take it. */
  async next(): Promise<boolean> {
    if (this.#pieces === 0 && !this.#isOver)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#pieces--
    return !this.#isOver
  }
}

// Never the shared pool: the buffer is transferred.
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(new ArrayBuffer(Buffer.byteLength(text)))
  new TextEncoder().encodeInto(text, bytes)
  return bytes
}

/** Resolves when all is sent or the front has gone; rejects as `pieces` does, and the answer is cut then. */
export const sendStream = async (
  port: MessagePort,
  pieces: AsyncIterator<string, void>,
): Promise<void> => {
  const asked = new Asked(port)
  try {
    while (await asked.next()) {
      const { done, value } = await pieces.next()
      const piece: Piece = done === true ? null : bytesOf(value)
      port.postMessage(piece, piece === null ? [] : [piece.buffer as ArrayBuffer])
      if (done === true) return
    }
  } finally {
    port.close()
    await pieces.return?.()
  }
}
