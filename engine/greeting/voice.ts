// How the engine speaks to whoever started it: as text at a terminal, elsewhere as lines of the log, so that what
// collects them finds nothing else. A secret may be shown at a terminal, and must never be said.
import type { Log, LogFields } from '../log.js'

export interface Voice {
  readonly isTerminal: boolean
  /** Fixed words, addresses and paths of the configuration. */
  say(message: string, fields?: Pick<LogFields, 'file' | 'port' | 'count'>): void
  /** As say(), of what somebody should change. */
  warn(message: string): void
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
  warn: (message) => void out.write(`${message}\n`),
  show: (lines) => void out.write(lines.map((line) => `${line}\n`).join('')),
})

type SpokenLog = Pick<Log, 'info' | 'warn'>

const inLog = (log: SpokenLog): Voice => ({
  isTerminal: false,
  say: (message, fields) => log.info(message, fields),
  warn: (message) => log.warn(message),
  show: () => undefined,
})

export const createVoice = (log: SpokenLog, out: Terminal | null): Voice =>
  out === null ? inLog(log) : atTerminal(out)
