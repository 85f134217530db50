// Of the vault what is more than a call: the cache, batches of any size, rules with their ETag.
import type { Caller } from '../call/caller.js'
import {
  type DeleteEntryOptions,
  type ReadSecretOptions,
  type RestoreEntryOptions,
  type UpdateEntryOptions,
  getPermissions,
  putPermissions,
} from '../generated/calls.js'
import type { Entry, EntryUpdate, Permission, Secret, SecretResult } from '../generated/schemas.js'
import { VaultCalls } from '../generated/tenant.js'
import type { CallOptions } from '../options.js'
import {
  type PermissionRules,
  type SavedRules,
  type SetPermissionsOptions,
  rulesOf,
  savedOf,
} from './permissions.js'
import type { SecretCache } from './secret-cache.js'
import { type Wanted, batchOf, withRoom } from './secrets-request.js'

/** Entries and their secrets. Only reading a secret answers its fields, and the engine audits each time it does. */
export class Vault extends VaultCalls {
  readonly #caller: Caller
  readonly #cache: SecretCache | null

  constructor(caller: Caller, cache: SecretCache | null) {
    super(caller)
    this.#caller = caller
    this.#cache = cache
  }

  override update(
    entryId: string,
    body: EntryUpdate,
    options: UpdateEntryOptions = {},
  ): Promise<Entry> {
    return this.#changing(entryId, () => super.update(entryId, body, options))
  }

  override delete(entryId: string, options: DeleteEntryOptions = {}): Promise<void> {
    return this.#changing(entryId, () => super.delete(entryId, options))
  }

  override restore(entryId: string, options: RestoreEntryOptions = {}): Promise<Entry> {
    return this.#changing(entryId, () => super.restore(entryId, options))
  }

  override readSecret(entryId: string, options: ReadSecretOptions = {}): Promise<Secret> {
    return this.#cached(`id ${entryId} ${options.version ?? ''}`, () =>
      super.readSecret(entryId, options),
    )
  }

  /** By folder and name, as in `/prod/db/root`. The path is in the address: proxies may log it, `readSecrets` not. */
  override readSecretByPath(path: string, options: CallOptions = {}): Promise<Secret> {
    return this.#cached(`path ${path}`, () => super.readSecretByPath(path, options))
  }

  /**
   * One row for each, in the order asked; a row that cannot be read holds an `error`. What one answer has no room for
   * is asked for again. Never from the cache.
   */
  override async readSecrets(wanted: Wanted, options: CallOptions = {}): Promise<SecretResult[]> {
    const { next, inOrder } = batchOf(wanted)
    const rows: SecretResult[] = []
    for (let body = next(rows); body !== null; body = next(rows)) {
      const answered = await super.readSecrets(body, options)
      if (answered.length === 0) break
      rows.push(...withRoom(answered))
    }
    return inOrder(rows)
  }

  /** All rules, and the `etag` that a change of them takes as `ifMatch`. */
  override async permissions(options: CallOptions = {}): Promise<PermissionRules> {
    return rulesOf(await getPermissions(this.#caller, options))
  }

  /** Replaces the rules as a whole. */
  override async setPermissions(
    rules: readonly Permission[],
    options: SetPermissionsOptions = {},
  ): Promise<SavedRules> {
    const write = putPermissions(this.#caller, rules, options)
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
