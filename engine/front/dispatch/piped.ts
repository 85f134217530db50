// Hands the pieces of a worker's stream to a socket, asking for the next when there is room for it.
import type { MessagePort } from 'node:worker_threads'
import type { AskForPiece, Piece } from '../../task/stream.js'
import type { ReplyWriter } from '../http/stream.js'

/** The port is closed by whoever releases the answer. */
export const pipeStream = (port: MessagePort, writer: ReplyWriter): void => {
  let isWhole = false
  const more = (): void => port.postMessage('more' satisfies AskForPiece)
  const take = (piece: Piece): void => {
    if (piece === null) {
      isWhole = true
      return writer.end()
    }
    const hasRoom = writer.write(piece)
    piece.fill(0)
    if (hasRoom) more()
  }
  port.on('message', take)
  // The worker gave up, or its thread has ended.
  port.on('close', () => {
    if (!isWhole) writer.fail()
  })
  writer.onDrain(more)
  more()
}
