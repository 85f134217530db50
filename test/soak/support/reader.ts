// A reader asks for secrets at random and holds each answer against what was acknowledged before it asked.
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from './client.js'
import type { EntryRecord } from './entry-record.js'
import type { LoadedTenant } from './tenant.js'

const restMs = 50

export class Reader {
  readonly #client: Client

  constructor(
    private readonly tenant: LoadedTenant,
    port: number,
  ) {
    this.#client = new Client(port)
  }

  async run(isOver: () => boolean): Promise<void> {
    const { readable } = this.tenant.ledger
    while (!isOver()) {
      const entry = readable[Math.trunc(Math.random() * readable.length)]
      if (entry === undefined || !(await this.#read(entry))) await pause(restMs)
    }
    this.#client.close()
  }

  /** Whether it was answered. */
  async #read(entry: EntryRecord): Promise<boolean> {
    const { ledger, token } = this.tenant
    const acknowledged = entry.version
    const said = await this.#client.ask('GET', `vault/entries/${entry.id}/secret`, { token })
    if (said === null) ledger.unanswered++
    else if (said.status !== 200) ledger.refused(said.status, String(said.body?.['code']))
    if (said?.status !== 200) return false
    ledger.reads++
    const version = Number(said.body['version'])
    ledger.fault(entry.faultIn(version, said.body['fields']?.['password']))
    if (version < acknowledged)
      ledger.fault(`${entry.name}: version ${version} was shown after ${acknowledged} was there`)
    return true
  }
}
