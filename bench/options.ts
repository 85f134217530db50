// The command line of the bench, resolved once to an object without optionals.
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../engine/root.js'

export interface RunOptions {
  readonly kind: 'run'
  readonly scope: string
  readonly seconds: number
  readonly warmupSeconds: number
  readonly rounds: number
  /** Empty: the scope's own. */
  readonly connections: readonly number[]
  /** Empty: all of the scope. */
  readonly contenders: readonly string[]
  readonly entries: number
  /** Where the results go. */
  readonly out: string
  /** An engine's package to compare with, built; null: none. */
  readonly before: string | null
  /** Where the temporary data folders go; a real disk, or commits cost nothing. */
  readonly temporary: string
}

export interface CompareOptions {
  readonly kind: 'compare'
  readonly before: string
  readonly after: string
}

const flags = {
  scope: { type: 'string', default: 'front' },
  seconds: { type: 'string', default: '5' },
  warmup: { type: 'string', default: '2' },
  rounds: { type: 'string', default: '3' },
  connections: { type: 'string', default: '' },
  contenders: { type: 'string', default: '' },
  entries: { type: 'string', default: '200' },
  out: { type: 'string', default: join(packageRoot, 'bench', 'results') },
  temporary: { type: 'string', default: tmpdir() },
  before: { type: 'string', default: '' },
  compare: { type: 'boolean', default: false },
} as const

const numberOf = (name: string, text: string, minimum: number, maximum: number): number => {
  const value = Number(text)
  if (text !== '' && value >= minimum && value <= maximum) return value
  throw new Error(`--${name} must be a number from ${minimum} to ${maximum}`)
}

const countOf = (name: string, text: string, maximum: number): number =>
  Math.trunc(numberOf(name, text, 1, maximum))

const listOf = (text: string): string[] => text.split(',').filter((part) => part !== '')

/** @throws Error one line that names the flag */
export const readOptions = (args: string[]): RunOptions | CompareOptions => {
  const { values, positionals } = parseArgs({ args, options: flags, allowPositionals: true })
  const [before, after, ...more] = positionals
  if (values.compare) {
    if (before === undefined || after === undefined || more.length > 0)
      throw new Error('--compare takes two files')
    return { kind: 'compare', before: resolve(before), after: resolve(after) }
  }
  if (before !== undefined) throw new Error(`unknown argument ${before}`)
  return {
    kind: 'run',
    scope: values.scope,
    seconds: numberOf('seconds', values.seconds, 0.2, 600),
    warmupSeconds: numberOf('warmup', values.warmup, 0, 600),
    rounds: countOf('rounds', values.rounds, 100),
    connections: listOf(values.connections).map((text) => countOf('connections', text, 4096)),
    contenders: listOf(values.contenders),
    entries: countOf('entries', values.entries, 10_000),
    out: resolve(values.out),
    before: values.before === '' ? null : resolve(values.before),
    temporary: resolve(values.temporary),
  }
}
