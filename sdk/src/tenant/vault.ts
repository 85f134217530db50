// Entries and their secrets. Only reading a secret answers its fields, and the engine audits each time it does.
import type { Caller } from '../call/caller.js'
import type { Reply } from '../call/exchange.js'
import type {
  Entry,
  EntryInput,
  EntryUpdate,
  EntryVersion,
  Permission,
  QueryOf,
  Secret,
  SecretResult,
} from '../contract.js'
import { UnexpectedAnswerError } from '../errors.js'
import { type Listing, defaultPageSize, pagedListing } from '../listing.js'
import type { CallOptions } from '../options.js'
import type { SecretCache } from './secret-cache.js'
import { type Wanted, batchOf, withRoom } from './secrets-request.js'

export type ListEntriesOptions = CallOptions & QueryOf<'listEntries'>

export interface ChangeOptions extends CallOptions {
  /** The version that was read: if the entry has another one by now, the change is refused (412). */
  readonly ifMatch?: number | undefined
}

export interface ReadSecretOptions extends CallOptions {
  /** An old version that is kept; left out, the present one. */
  readonly version?: number | undefined
}

export interface RestoreOptions extends ChangeOptions {
  /** Of which version the content comes back, as a new one; left out, a deleted entry comes back as it was. */
  readonly version?: number | undefined
}

export interface PermissionRules {
  readonly rules: Permission[]
  /** For `ifMatch`: says which rules these are. */
  readonly etag: string
}

export interface SetPermissionsOptions extends CallOptions {
  /** The `etag` that was read: if the rules have changed since, the change is refused (412). */
  readonly ifMatch?: string | undefined
}

export interface SavedRules {
  readonly rules: Permission[]
  /** Null where a proxy has dropped it: read the rules anew before the next change. */
  readonly etag: string | null
}

const savedOf = ({ data, headers }: Reply<Permission[]>): SavedRules => ({
  rules: data,
  etag: headers.get('etag'),
})

/** Without the ETag another's change would be overwritten unseen. */
const rulesOf = (reply: Reply<Permission[]>): PermissionRules => {
  const { rules, etag } = savedOf(reply)
  if (etag === null) throw new UnexpectedAnswerError('getPermissions', 200)
  return { rules, etag }
}

const ifMatchOf = (version: number | undefined): { 'If-Match'?: string } =>
  version === undefined ? {} : { 'If-Match': `"${version}"` }

export class Vault {
  readonly #caller: Caller
  readonly #cache: SecretCache | null

  constructor(caller: Caller, cache: SecretCache | null) {
    this.#caller = caller
    this.#cache = cache
  }

  list({ signal, timeoutMs, ...filter }: ListEntriesOptions = {}): Listing<Entry> {
    const pageSize = filter.pageSize ?? defaultPageSize
    return pagedListing('listEntries', pageSize, (page) =>
      this.#caller.read('listEntries', { signal, timeoutMs }, (api, attempt) => {
        const query = { ...filter, page, pageSize }
        return api.GET('/api/v1/vault/entries', { params: { query }, ...attempt })
      }),
    )
  }

  async create(entry: EntryInput, options: CallOptions = {}): Promise<Entry> {
    const { data } = await this.#caller.write('createEntry', options, (api, attempt) =>
      api.POST('/api/v1/vault/entries', { body: entry, ...attempt }),
    )
    return data
  }

  async get(entryId: string, options: CallOptions = {}): Promise<Entry> {
    const { data } = await this.#caller.read('getEntry', options, (api, attempt) =>
      api.GET('/api/v1/vault/entries/{entryId}', { params: { path: { entryId } }, ...attempt }),
    )
    return data
  }

  /** What is given replaces, `fields` as a whole; what is left out stays. */
  update(
    entryId: string,
    body: EntryUpdate,
    { ifMatch, ...options }: ChangeOptions = {},
  ): Promise<Entry> {
    const params = { path: { entryId }, header: ifMatchOf(ifMatch) }
    return this.#changing(entryId, async () => {
      const { data } = await this.#caller.write('updateEntry', options, (api, attempt) =>
        api.PUT('/api/v1/vault/entries/{entryId}', { params, body, ...attempt }),
      )
      return data
    })
  }

  /** Soft: `restore` brings it back. */
  delete(entryId: string, { ifMatch, ...options }: ChangeOptions = {}): Promise<void> {
    const params = { path: { entryId }, header: ifMatchOf(ifMatch) }
    return this.#changing(entryId, async () => {
      await this.#caller.write('deleteEntry', options, (api, attempt) =>
        api.DELETE('/api/v1/vault/entries/{entryId}', { params, ...attempt }),
      )
    })
  }

  /** Undeletes; with `version` makes a new version of that content. */
  restore(entryId: string, { ifMatch, version, ...options }: RestoreOptions = {}): Promise<Entry> {
    const params = { path: { entryId }, header: ifMatchOf(ifMatch) }
    const body = version === undefined ? {} : { body: { version } }
    return this.#changing(entryId, async () => {
      const { data } = await this.#caller.write('restoreEntry', options, (api, attempt) =>
        api.POST('/api/v1/vault/entries/{entryId}/restore', { params, ...body, ...attempt }),
      )
      return data
    })
  }

  /** Those that are kept, newest first. */
  async versions(entryId: string, options: CallOptions = {}): Promise<EntryVersion[]> {
    const params = { path: { entryId } }
    const { data } = await this.#caller.read('listEntryVersions', options, (api, attempt) =>
      api.GET('/api/v1/vault/entries/{entryId}/versions', { params, ...attempt }),
    )
    return data
  }

  readSecret(entryId: string, { version, ...options }: ReadSecretOptions = {}): Promise<Secret> {
    const params = { path: { entryId }, query: version === undefined ? {} : { version } }
    return this.#cached(`id ${entryId} ${version ?? ''}`, async () => {
      const { data } = await this.#caller.read('readSecret', options, (api, attempt) =>
        api.GET('/api/v1/vault/entries/{entryId}/secret', { params, ...attempt }),
      )
      return data
    })
  }

  /** By folder and name, as in `/prod/db/root`. The path is in the address: proxies may log it, `readSecrets` not. */
  readSecretByPath(path: string, options: CallOptions = {}): Promise<Secret> {
    return this.#cached(`path ${path}`, async () => {
      const { data } = await this.#caller.read('readSecretByPath', options, (api, attempt) =>
        api.GET('/api/v1/vault/secret', { params: { query: { path } }, ...attempt }),
      )
      return data
    })
  }

  /**
   * One row for each, in the order asked; a row that cannot be read holds an `error`. What one answer has no room for
   * is asked for again. Never from the cache.
   */
  async readSecrets(wanted: Wanted, options: CallOptions = {}): Promise<SecretResult[]> {
    const { next, inOrder } = batchOf(wanted)
    const rows: SecretResult[] = []
    for (let body = next(rows); body !== null; body = next(rows)) {
      const asked = body
      const { data } = await this.#caller.read('readSecrets', options, (api, attempt) =>
        api.POST('/api/v1/vault/secrets/read', { body: asked, ...attempt }),
      )
      if (data.length === 0) break
      rows.push(...withRoom(data))
    }
    return inOrder(rows)
  }

  async permissions(options: CallOptions = {}): Promise<PermissionRules> {
    const reply = await this.#caller.read('getPermissions', options, (api, attempt) =>
      api.GET('/api/v1/vault/permissions', attempt),
    )
    return rulesOf(reply)
  }

  /** Replaces the rules as a whole. */
  async setPermissions(
    rules: readonly Permission[],
    { ifMatch, ...options }: SetPermissionsOptions = {},
  ): Promise<SavedRules> {
    const params = { header: ifMatch === undefined ? {} : { 'If-Match': ifMatch } }
    const write = this.#caller.write('putPermissions', options, (api, attempt) =>
      api.PUT('/api/v1/vault/permissions', { params, body: [...rules], ...attempt }),
    )
    return savedOf(await write.finally(() => this.#cache?.clear()))
  }

  #cached(key: string, read: () => Promise<Secret>): Promise<Secret> {
    return this.#cache === null ? read() : this.#cache.through(key, read)
  }

  /** Forgets before and after, also when it fails: a change without an answer may have been made. */
  async #changing<T>(entryId: string, change: () => Promise<T>): Promise<T> {
    this.#cache?.forget(entryId)
    return change().finally(() => this.#cache?.forget(entryId))
  }
}
