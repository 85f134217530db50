// Says every ten seconds how far a long test has come, as a comment of TAP, and its figures at the end as JSON.
import type { Test } from 'tap'
import type { LoadedTenant } from './tenant.js'

const everyMs = 10_000

export const say = (line: string): void => void process.stdout.write(`# ${line}\n`)

export interface Totals {
  readonly reads: number
  readonly writes: number
  readonly unanswered: number
  readonly refusals: Readonly<Record<string, number>>
}

export const totalsOf = (tenants: readonly LoadedTenant[]): Totals => {
  const refusals: Record<string, number> = {}
  for (const { ledger } of tenants)
    for (const [reason, count] of ledger.refusals)
      refusals[reason] = (refusals[reason] ?? 0) + count
  const sum = (name: 'reads' | 'writes' | 'unanswered'): number =>
    tenants.reduce((total, { ledger }) => total + ledger[name], 0)
  return { reads: sum('reads'), writes: sum('writes'), unanswered: sum('unanswered'), refusals }
}

/** `line` is asked for every ten seconds until the test ends. */
export const sayProgress = (t: Pick<Test, 'teardown'>, line: () => string): void => {
  const began = performance.now()
  const timer = setInterval(
    () => say(`${Math.round((performance.now() - began) / 1_000)} s: ${line()}`),
    everyMs,
  )
  t.teardown(() => clearInterval(timer))
}

export const sayFigures = (figures: unknown): void => say(`figures ${JSON.stringify(figures)}`)
