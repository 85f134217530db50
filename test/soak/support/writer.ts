// A writer makes entries and changes them, and notes what it is told of each.
import { setTimeout as pause } from 'node:timers/promises'
import { Client, type Said } from './client.js'
import type { Attempt, EntryRecord } from './entry-record.js'
import type { LoadedTenant } from './tenant.js'

/** Fewer than are kept, so that each can be read at the end. */
const versions = 8
/** Who was refused does not ask again at once. */
const restMs = 50

export class Writer {
  #made = 0
  /** A version is there that nobody was told of. */
  #isOvertaken = false
  readonly #client: Client

  constructor(
    private readonly tenant: LoadedTenant,
    private readonly name: string,
    private readonly folder: string,
    port: number,
  ) {
    this.#client = new Client(port)
  }

  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) await this.#oneEntry(isOver)
    this.#client.close()
  }

  async #oneEntry(isOver: () => boolean): Promise<void> {
    const entry = this.tenant.ledger.record(`${this.name}-${++this.#made}`, this.folder)
    await this.#create(entry)
    if (entry.id === null) return
    const isKnown = (): boolean => entry.open === null && !this.#isOvertaken
    this.#isOvertaken = false
    while (entry.version < versions && isKnown() && !isOver()) await this.#update(entry)
  }

  async #create(entry: EntryRecord): Promise<void> {
    const attempt = entry.begin()
    const fields = { password: attempt.content }
    const body = { name: entry.name, folder: entry.folder, type: 'password', fields }
    const { token } = this.tenant
    const said = await this.#client.ask('POST', 'vault/entries', { token, body })
    if (said?.status === 201) entry.id = said.body['id']!
    await this.#note(entry, attempt, said)
    if (entry.id !== null) this.tenant.ledger.readable.push(entry)
  }

  async #update(entry: EntryRecord): Promise<void> {
    const attempt = entry.begin()
    const body = { fields: { password: attempt.content } }
    const question = { token: this.tenant.token, body, ifMatch: entry.version }
    const said = await this.#client.ask('PUT', `vault/entries/${entry.id}`, question)
    await this.#note(entry, attempt, said)
  }

  async #note(entry: EntryRecord, attempt: Attempt, said: Said | null): Promise<void> {
    const { ledger } = this.tenant
    if (said === null) {
      ledger.unanswered++
    } else if (said.status < 300) {
      ledger.writes++
      entry.acknowledged(attempt)
      return
    } else {
      const code = String(said.body?.['code'])
      entry.wasRefused(attempt, `${said.status} ${code}`)
      ledger.refused(said.status, code)
      this.#isOvertaken = said.status === 412
    }
    await pause(restMs)
  }
}
