// A connection of a flow that reads its answers: one request in flight, a new connection where the server closed.
import { connect, type Socket } from 'node:net'
import { AnswerReader } from './answer-reader.js'
import type { Flow } from './flow.js'

const reconnectMs = 50

export interface Client {
  readonly isBusy: boolean
  begin(): void
  close(): void
}

export class Sender implements Client {
  #socket: Socket | null = null
  #request: { readonly since: number } | null = null
  #isClosed = false

  constructor(
    private readonly port: number,
    private readonly flow: Flow,
  ) {}

  get isBusy(): boolean {
    return this.#request !== null
  }

  begin(): void {
    const bytes = this.#isClosed ? null : this.flow.next()
    if (bytes === null) return
    this.#socket ??= this.#open()
    this.#request = this.flow.sent()
    this.#socket.cork()
    for (const piece of bytes) this.#socket.write(piece)
    this.#socket.uncork()
  }

  close(): void {
    this.#isClosed = true
    this.#socket?.destroy()
  }

  #open(): Socket {
    const { localAddress } = this.flow.plan
    const socket = connect({ host: '127.0.0.1', port: this.port, localAddress, noDelay: true })
    const reader = new AnswerReader()
    socket.on('data', (bytes: Buffer) => {
      if (reader.take(bytes)) this.#answered(socket, reader)
    })
    socket.on('error', () => undefined)
    socket.once('close', () => this.#lost(socket))
    return socket
  }

  #answered(socket: Socket, { status, closes }: AnswerReader): void {
    const request = this.#request
    this.#request = null
    if (request) this.flow.answered(request, status)
    if (closes) {
      this.#socket = null
      socket.destroy()
    }
    this.#beginIn(this.flow.plan.pauseMs)
  }

  #lost(socket: Socket): void {
    if (this.#socket !== socket) return
    this.#socket = null
    const request = this.#request
    this.#request = null
    if (request === null || this.#isClosed) return
    this.flow.broke(request)
    this.#beginIn(reconnectMs)
  }

  #beginIn(ms: number): void {
    if (ms === 0) this.begin()
    else setTimeout(() => this.begin(), ms)
  }
}
