// Logs: pino JSON on stdout, readable on a terminal. Redacted by construction: a line is a fixed message and fields
// of a closed list. It must never take a text that a caller of the API wrote, nor an error's message, which may hold one.
import { pino, type DestinationStream } from 'pino'
import { PinoPretty } from 'pino-pretty'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

/** The only things a log line may carry beside its message: ids, codes, counts and addresses of our own. */
export interface LogFields {
  readonly node?: string
  readonly requestId?: string
  readonly operationId?: string
  readonly tenantId?: string
  readonly principalId?: string
  readonly status?: number
  readonly code?: string
  readonly step?: string
  readonly shard?: number
  readonly count?: number
  readonly durationMs?: number
  readonly pid?: number
  readonly port?: number
  readonly signal?: string
  /** A path of the configuration, never of a request. */
  readonly file?: string
  /** A sentence of ours, with codes and with names of the configuration and of the database server. */
  readonly reason?: string
  /** A client's, for who guards the door. */
  readonly address?: string
  readonly plane?: string
  /** Only its class, code and stack frames are written. */
  readonly error?: unknown
}

type Write = (message: string, fields?: LogFields) => void

export interface Log {
  readonly trace: Write
  readonly debug: Write
  readonly info: Write
  readonly warn: Write
  readonly error: Write
  readonly fatal: Write
}

const plain = [
  'node',
  'requestId',
  'operationId',
  'tenantId',
  'principalId',
  'status',
  'code',
  'step',
  'shard',
  'count',
  'durationMs',
  'pid',
  'port',
  'signal',
  'file',
  'reason',
  'address',
  'plane',
] as const satisfies readonly (keyof LogFields)[]

// The message is cut out before the lines are looked at: it may hold lines that look like frames.
const frames = ({ stack, message }: Error): string[] =>
  (stack ?? '')
    .replace(message, '')
    .split('\n')
    .filter((line) => /^\s+at .*(:\d+:\d+\)?|<anonymous>\)?)$/.test(line))
    .map((line) => line.trim())
    .slice(0, 12)

const describeError = (error: unknown): Record<string, unknown> => {
  if (!(error instanceof Error)) return { name: typeof error }
  const { code } = error as { code?: unknown }
  const known = typeof code === 'string' && /^\w{1,64}$/.test(code) ? { code } : {}
  return { name: error.constructor.name, ...known, frames: frames(error) }
}

const safe = (fields: LogFields): Record<string, unknown> => {
  const picked: Record<string, unknown> = {}
  for (const name of plain) if (fields[name] !== undefined) picked[name] = fields[name]
  if (fields.error !== undefined) picked['error'] = describeError(fields.error)
  return picked
}

const standardOutput = (): DestinationStream =>
  process.stdout.isTTY
    ? PinoPretty({
        colorize: true,
        sync: true,
        ignore: 'pid,hostname',
        translateTime: 'SYS:HH:MM:ss.l',
      })
    : pino.destination({ dest: 1, sync: true })

/** `destination` is for tests; without it lines go to stdout. */
export const createLog = (
  level: LogLevel,
  destination: DestinationStream = standardOutput(),
): Log => {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
  const at =
    (name: keyof Log): Write =>
    (message, fields = {}) =>
      logger[name](safe(fields), message)
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
  }
}
