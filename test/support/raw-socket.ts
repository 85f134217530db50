// Speaks to a listener byte by byte, so that tests can send what no HTTP client would.
import { type Socket, connect } from 'node:net'

export interface RawSocket {
  readonly socket: Socket
  write(data: string | Uint8Array): void
  /** The next whole answer (by its Content-Length), or what came when the connection closed first. */
  answer(options?: { readonly head?: boolean }): Promise<string>
  /** All that came and was not taken by answer(), once the connection is closed. */
  readonly closed: Promise<string>
}

const wholeAnswer = (text: string, head: boolean): number => {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return -1
  const length = head ? 0 : Number(/^content-length: (\d+)/im.exec(text.slice(0, end))?.[1] ?? 0)
  return text.length >= end + 4 + length ? end + 4 + length : -1
}

export const openRaw = (port: number): RawSocket => {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  let gone = false
  let wake = (): void => undefined
  socket.on('error', () => undefined)
  socket.on('data', (data) => {
    text += data.toString('latin1')
    wake()
  })
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => {
      gone = true
      wake()
      setImmediate(() => resolve(text))
    })
  })
  const take = (length: number): string => {
    const taken = text.slice(0, length)
    text = text.slice(length)
    return taken
  }
  const answer: RawSocket['answer'] = async ({ head = false } = {}) => {
    for (;;) {
      const length = wholeAnswer(text, head)
      if (length >= 0 || gone) return take(length >= 0 ? length : text.length)
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  return { socket, write: (data) => void socket.write(data), answer, closed }
}

/** Sends, waits for the server to close, and gives all that came. */
export const sendRaw = (port: number, data: string | Uint8Array): Promise<string> => {
  const raw = openRaw(port)
  raw.write(data)
  return raw.closed
}

export const countAnswers = (text: string): number => text.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0
export const statusOf = (text: string): number =>
  Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0)
export const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4)
