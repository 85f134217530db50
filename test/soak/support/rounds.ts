// A test under load: round after round it is loaded, disturbed, and held against what its callers were told.
import type { Test } from 'tap'
import type { EngineAddress } from '../../support/engine.js'
import { check, type Checked } from './check.js'
import { type Load, startLoad } from './load.js'
import type { loadParameters } from './parameters.js'
import { say, sayFigures, sayProgress, totalsOf } from './progress.js'
import { type LoadedTenant, signInAgain } from './tenant.js'

export interface Rounds {
  readonly parameters: ReturnType<typeof loadParameters>
  readonly tenants: readonly LoadedTenant[]
  /** All that are loaded; each is held against the ledgers. */
  engines(): readonly EngineAddress[]
  /** Under load. Resolves when callers can be served again; the load is stopped by then. */
  disturb(round: number, load: Load): Promise<void>
}

const folderOf = (round: number): string => `/round-${round}`

const checkAll = async (rounds: Rounds, folders: Iterable<string>): Promise<Checked[]> => {
  const { tenants } = rounds
  const all = [...folders]
  const checked: Checked[] = []
  for (const engine of rounds.engines())
    for (const tenant of tenants) {
      await signInAgain(engine.url, tenant)
      checked.push(await check(engine, tenant, all))
    }
  return checked
}

const oneRound = async (t: Test, rounds: Rounds, round: number): Promise<void> => {
  const { parameters, tenants } = rounds
  for (const tenant of tenants) await signInAgain(rounds.engines()[0]!.url, tenant)
  const ports = rounds.engines().map(({ port }) => port)
  const folder = folderOf(round)
  const load = startLoad({ ...parameters, ports, tenants, folder })
  await rounds.disturb(round, load)
  const checked = await checkAll(rounds, [folder])
  say(`round ${round}: ${JSON.stringify(checked)}`)
  for (const { shortCode, ledger } of tenants)
    t.same(ledger.takeFaults(), [], `round ${round}, ${shortCode}`)
}

/** Each round by itself, and at the end everything of all of them once more. */
export const runRounds = async (t: Test, rounds: Rounds): Promise<void> => {
  const { parameters, tenants } = rounds
  const began = performance.now()
  let round = 1
  sayProgress(
    t,
    () => `round ${round} of ${parameters.rounds}, ${JSON.stringify(totalsOf(tenants))}`,
  )
  for (; round <= parameters.rounds; round++) await oneRound(t, rounds, round)
  const folders = Array.from({ length: parameters.rounds }, (_, i) => folderOf(i + 1))
  const checked = await checkAll(rounds, folders)
  for (const { shortCode, ledger } of tenants)
    t.same(ledger.takeFaults(), [], `all of ${shortCode}`)
  const tookSeconds = Math.round((performance.now() - began) / 1_000)
  sayFigures({ ...parameters, tookSeconds, ...totalsOf(tenants), checked })
}

/** A moment in the second half of a round's load. */
export const momentMs = ({ seconds }: Rounds['parameters']): number =>
  seconds * (0.5 + Math.random() / 2) * 1_000
