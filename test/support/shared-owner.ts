// Owns what tests of one folder share (shared.ts), for scripts/run-tests.mjs: starts it when the first of them asks,
// ends it when the runner says that the last of them has ended. Whatever becomes of the runner, its end of our stdin
// closes, and then everything ends and its folders are removed.
//
// stdout: the path of the socket to ask at. stdin: {"folder", "ok"} a line, when a folder's tests have ended. The exit
// code is 1 when something did not live, or did not end, as it should.
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestEngine, TestServer } from './engine.js'
import { startShared, type Wanted } from './shared.js'
import { temporaryFolder } from './template.js'

type Thing = TestEngine | TestServer

class Held {
  readonly #folder: string
  readonly #endings: (() => unknown)[] = []
  #output = (): string => ''
  #ending = false
  /** What is told to who asked: an address, or why there is none. */
  readonly answer: Promise<object>

  constructor(wanted: Wanted) {
    this.#folder = wanted.folder
    const teardown = (end: () => unknown): void => void this.#endings.unshift(end)
    this.answer = startShared({ teardown } as Parameters<typeof startShared>[0], wanted)
      .then((thing) => this.#watched(thing))
      .catch((error: unknown) => ({ error: String(error) }))
  }

  async end(ok: boolean): Promise<void> {
    await this.answer
    this.#ending = true
    if (!ok) this.#show('tests that share it failed')
    for (const end of this.#endings)
      await Promise.resolve(end()).catch((error: unknown) => this.#complain(String(error)))
  }

  #watched(thing: Thing): object {
    if ('process' in thing) {
      const { url, port, adminPassword, dataDir, exited, output } = thing
      this.#output = output
      void exited.then(() => this.#ending || this.#complain('the engine ended before its tests'))
      return { url, port, adminPassword, dataDir }
    }
    const { url, engineUrl } = thing
    return { url, engineUrl }
  }

  #complain(why: string): void {
    process.exitCode = 1
    this.#show(why)
  }

  #show(why: string): void {
    console.error(`${this.#folder}: ${why}\n${this.#output()}`)
  }
}

const held = new Map<string, Held>()

const holding = (wanted: Wanted): Held => {
  const name = `${wanted.folder} ${wanted.what}`
  const found = held.get(name) ?? new Held(wanted)
  held.set(name, found)
  return found
}

const endFolder = async (folder: string, ok: boolean): Promise<void> => {
  for (const [name, one] of held)
    if (name.startsWith(`${folder} `)) {
      held.delete(name)
      await one.end(ok)
    }
}

const answer = async (socket: Socket): Promise<void> => {
  socket.on('error', () => undefined)
  const [line] = (await once(createInterface(socket), 'line')) as [string]
  socket.end(JSON.stringify(await holding(JSON.parse(line) as Wanted).answer))
}

const folder = temporaryFolder()
const path = join(folder, 'asked')
const server = createServer((socket) => {
  answer(socket).catch(() => socket.destroy())
}).listen(path)
await once(server, 'listening')
console.log(path)

let endings = Promise.resolve()
const lines = createInterface(process.stdin)
lines.on('line', (line) => {
  const { folder, ok } = JSON.parse(line) as { readonly folder: string; readonly ok: boolean }
  endings = endings.then(() => endFolder(folder, ok))
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => lines.close())
await once(lines, 'close')
server.close()
await endings
await Promise.all([...held.values()].map((one) => one.end(true)))
rmSync(folder, { recursive: true, force: true })
process.exit()
