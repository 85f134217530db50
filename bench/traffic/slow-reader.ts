// A connection of a flow that asks and does not read: the first bytes say the status, the rest stays where it is until
// the connection has been held for long enough; then it begins anew.
import { connect, type Socket } from 'node:net'
import type { Flow } from './flow.js'
import type { Client } from './sender.js'

/** `HTTP/1.1 200 `, and no more than this is taken from the socket. */
const firstBytes = 16
const againMs = 50

export class SlowReader implements Client {
  #socket: Socket | null = null

  constructor(
    private readonly port: number,
    private readonly flow: Flow,
  ) {}

  /** What it asked for is not waited for: it ends with its connection. */
  get isBusy(): boolean {
    return false
  }

  begin(): void {
    const bytes = this.flow.next()
    if (bytes === null) return
    let request: { readonly since: number } | null = this.flow.sent()
    const socket = this.#open((status) => {
      if (request) this.flow.answered(request, status)
      request = null
      setTimeout(() => socket.destroy(), this.flow.plan.holdMs!)
    })
    socket.once('close', () => {
      if (request) this.flow.broke(request)
      setTimeout(() => this.begin(), againMs)
    })
    for (const piece of bytes) socket.write(piece)
    this.#socket = socket
  }

  close(): void {
    this.#socket?.destroy()
  }

  #open(onStatus: (status: number) => void): Socket {
    const onread = {
      buffer: Buffer.allocUnsafe(firstBytes),
      callback: (length: number, bytes: Uint8Array) => {
        onStatus(Number(Buffer.from(bytes.subarray(0, length)).toString('latin1').slice(9, 12)))
        return false
      },
    }
    const { localAddress } = this.flow.plan
    const socket = connect({ host: '127.0.0.1', port: this.port, localAddress, onread })
    return socket.on('error', () => undefined)
  }
}
