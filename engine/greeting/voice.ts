// How the engine speaks to whoever started it: as text at a terminal, elsewhere as lines of the log, so that what
// collects them finds nothing else. A secret may be shown at a terminal, and must never be said.
import type { Log, LogFields } from '../log.js'

export interface Voice {
  readonly isTerminal: boolean
  /** Fixed words, addresses and paths of the configuration. */
  say(message: string, fields?: Pick<LogFields, 'file' | 'port' | 'count'>): void
  /** At a terminal only. */
  show(lines: readonly string[]): void
}

interface Terminal {
  write(text: string): unknown
}

const atTerminal = (out: Terminal): Voice => ({
  isTerminal: true,
  say: (message, { file } = {}) =>
    void out.write(file === undefined ? `${message}\n` : `${message}: ${file}\n`),
  show: (lines) => void out.write(lines.map((line) => `${line}\n`).join('')),
})

const inLog = (log: Pick<Log, 'info'>): Voice => ({
  isTerminal: false,
  say: (message, fields) => log.info(message, fields),
  show: () => undefined,
})

export const createVoice = (log: Pick<Log, 'info'>, out: Terminal | null): Voice =>
  out === null ? inLog(log) : atTerminal(out)
