// The tenant whose reads are measured: provisioned and filled through the REST API, its audit log looked at from outside.
import { schemaName } from '../../../engine/worker/store/postgres/target.js'
import type { Running } from '../contender.js'
import { countRows } from '../count-rows.js'
import type { BenchEntry } from '../entry.js'
import { provision, signIn, storeEntries, type Credentials } from './provision.js'
import type { StartedEngine } from './start-engine.js'

const shortCode = 'bench'
const reads = `select coalesce(sum(secret_reads), 0) from ${schemaName}.audit_block`

export interface MeasuredTenant {
  readonly credentials: Credentials
  readonly running: Running
}

export const measuredTenant = async (
  { port, pid, databasePid, provider, databaseOf }: StartedEngine,
  entries: readonly BenchEntry[],
): Promise<MeasuredTenant> => {
  const credentials = await provision(port, provider, shortCode)
  const authorization = (): Promise<string> => signIn(port, credentials)
  const ids = await storeEntries(port, await authorization(), entries)
  const { url } = databaseOf(shortCode)
  const auditedReads = (): Promise<number> => countRows(url, reads)
  const engine = { port, pid, databasePid, isFixed: false, settings: {} }
  return { credentials, running: { ...engine, ids, authorization, auditedReads } }
}
