// Holds a ledger against the engine: nothing that was acknowledged is missing, nothing that was refused is there, every
// secret that was answered is on record, and the audit log verifies, compared with the rows.
import { administratorOfTenant } from '../../support/administrator.js'
import type { EngineAddress } from '../../support/engine.js'
import type { Json } from '../../support/api.js'
import { Client, type Question, type Said } from './client.js'
import type { EntryRecord } from './entry-record.js'
import type { LoadedTenant } from './tenant.js'

const clientsAtOnce = 32
const pageSize = 200
/** A verification of millions of events. */
const verifyMs = 20 * 60_000

/** Asks until there is a whole answer of 200. */
const insist = async (client: Client, path: string, question: Question): Promise<Said> => {
  let said: Said | null = null
  for (let left = 20; left > 0; left--) {
    said = await client.ask('GET', path, question)
    if (said?.status === 200) return said
  }
  throw new Error(`GET ${path}: ${said?.status ?? 'no answer'} ${String(said?.body?.['code'])}`)
}

/** `work` for each, several at a time, each on a connection of its own. */
const each = async <T>(
  port: number,
  items: readonly T[],
  work: (client: Client, item: T) => Promise<void>,
): Promise<void> => {
  const left = items.values()
  const one = async (): Promise<void> => {
    const client = new Client(port)
    for (const item of left) await work(client, item)
    client.close()
  }
  await Promise.all(Array.from({ length: clientsAtOnce }, one))
}

/** Everything that is listed in a folder, by name. */
const listed = async (port: number, { token, ledger }: LoadedTenant, folder: string) => {
  const client = new Client(port)
  const found = new Map<string, Json>()
  for (let after: string | undefined = '', page: readonly Json[]; after !== undefined;) {
    const place: string = after === '' ? '' : `&after=${after}`
    const path = `vault/entries?folder=${encodeURIComponent(folder)}&pageSize=${pageSize}${place}`
    const said = await insist(client, path, { token })
    if (Number(said.headers['x-unreadable-count'] ?? 0) > 0) ledger.fault(`${folder}: unreadable`)
    page = said.body
    for (const entry of page) found.set(String(entry['name']), entry)
    after = page.length < pageSize ? undefined : page.at(-1)?.['id']
  }
  client.close()
  return found
}

const checkVersion = async (
  client: Client,
  { token, ledger }: LoadedTenant,
  [entry, id, version]: readonly [EntryRecord, string, number],
): Promise<void> => {
  const said = await insist(client, `vault/entries/${id}/secret?version=${version}`, { token })
  ledger.reads++
  ledger.fault(entry.faultIn(version, said.body['fields']?.['password']))
}

const checkFolder = async (port: number, tenant: LoadedTenant, folder: string): Promise<number> => {
  const { ledger } = tenant
  const found = await listed(port, tenant, folder)
  const known = ledger.folders.get(folder) ?? new Map<string, EntryRecord>()
  for (const name of found.keys())
    if (!known.has(name)) ledger.fault(`nobody made ${folder}/${name}`)
  const versions: [EntryRecord, string, number][] = []
  for (const [name, entry] of known) {
    const shown = found.get(name)
    const version = Number(shown?.['version'] ?? 0)
    if (version < entry.version) ledger.fault(`${folder}/${name}: ${entry.version} is lost`)
    if (version > (entry.open?.version ?? entry.version))
      ledger.fault(`${folder}/${name}: nobody was told of version ${version}`)
    for (let one = 1; one <= version; one++) versions.push([entry, String(shown?.['id']), one])
  }
  await each(port, versions, (client, one) => checkVersion(client, tenant, one))
  return versions.length
}

/** Secrets on record, as the database administrator counts them. */
const recorded = async (engine: EngineAddress, { shortCode }: LoadedTenant): Promise<number> => {
  const query = administratorOfTenant(engine, shortCode)
  const [row] = await query('select coalesce(sum(secret_reads), 0) from rppam.audit_block')
  return Number(row?.[0])
}

const verify = async (port: number, { token, ledger }: LoadedTenant): Promise<Json> => {
  const client = new Client(port)
  const question = { token, patienceMs: verifyMs }
  const { body } = await insist(client, 'audit/verify?deep=true', question)
  client.close()
  if ((body['ok'] as unknown) !== true) ledger.fault(`verify: ${JSON.stringify(body)}`)
  return body
}

export interface Checked {
  readonly tenant: string
  readonly versions: number
  readonly events: number
  readonly chains: number
  readonly readsAnswered: number
  readonly readsRecorded: number
  readonly verifyMs: number
}

/** `folders`: which of them; what is wrong goes to the ledger. The database is that of `engine.dataDir`. */
export const check = async (
  engine: EngineAddress,
  tenant: LoadedTenant,
  folders: Iterable<string>,
): Promise<Checked> => {
  let versions = 0
  for (const folder of folders) versions += await checkFolder(engine.port, tenant, folder)
  const { ledger } = tenant
  const answered = ledger.reads
  const readsRecorded = await recorded(engine, tenant)
  if (readsRecorded < answered)
    ledger.fault(`${answered} secrets were answered, ${readsRecorded} are on record`)
  const began = performance.now()
  const verified = await verify(engine.port, tenant)
  return {
    tenant: tenant.shortCode,
    versions,
    events: Number(verified['events']),
    chains: Number(verified['chains']),
    readsAnswered: answered,
    readsRecorded,
    verifyMs: Math.round(performance.now() - began),
  }
}
