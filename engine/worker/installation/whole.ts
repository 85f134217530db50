// Whether the control database holds nothing yet, a first start that was killed half-way, or an installation; one that
// has lost a part of itself must never be founded anew: whoever has its backup would find other keys in its place.
import { installationId } from '../../ids.js'
import { IntegrityError } from '../cipher/record.js'
import { hasKek } from '../control/keks.js'
import { secretsRowId } from '../control/secrets.js'
import { openUser } from '../identity/user.js'
import type { Keyring } from '../keys/keyring.js'
import { scan } from '../request/scan.js'
import { type Row, type Store, type Table, rowState, tables } from '../store/store.js'

/** `missing`: as in "its KEK". */
const lost = (missing: string): Error =>
  new Error(
    `the installation was founded, but the control database lacks ${missing}: restore it from a backup, or name the server that it is on`,
  )

const holdsKeks = (store: Store): Promise<boolean> => hasKek(store, installationId)
const holdsCeks = async (store: Store): Promise<boolean> => (await store.keys()).length > 0
const holdsFounding = async (store: Store): Promise<boolean> =>
  (await store.read('setting', [secretsRowId])).length > 0

/** In the order in which the first start makes them. */
const parts: readonly (readonly [name: string, isThere: (store: Store) => Promise<boolean>])[] = [
  ['its KEK', holdsKeks],
  ['its CEKs', holdsCeks],
  ['its founding row', holdsFounding],
]

/** Where the first start itself leaves rows of the installation before it is founded. */
const filledBefore: readonly Table[] = ['tenant_kek', 'audit_chain']
const rowsAtMost = 100_000

const ownRows = async (store: Store, table: Table): Promise<number> =>
  filledBefore.includes(table)
    ? (await store.children(table, installationId, { limit: rowsAtMost })).length
    : 0

const holdsOthers = async (store: Store, table: Table): Promise<boolean> =>
  (await store.count(table, null)) > (await ownRows(store, table))

/** What nobody can have made before the founding row: tenants and their keys, users, operations, events, a state. */
const holdsMore = async (store: Store): Promise<boolean> => {
  for (const table of tables) if (await holdsOthers(store, table)) return true
  return (await store.auditChains()).length > 0 || (await store.state()).accessEpoch > 0
}

/**
 * Before anything is made or opened. `besideTenants`: the server has databases of tenants.
 * Errors: one line that names what is missing and what to do.
 */
export const requireWhole = async (store: Store, besideTenants: boolean): Promise<void> => {
  const there = await Promise.all(parts.map(([, isThere]) => isThere(store)))
  const missing = parts.filter((_, i) => !there[i]).map(([name]) => name)
  if (missing.length === 0) return
  // A part without those that are made before it is no first start.
  const isBeginning = !there.slice(there.indexOf(false)).includes(true)
  if (!isBeginning || besideTenants || (await holdsMore(store))) throw lost(missing.join(' and '))
}

const isAdministrator = (keys: Keyring, row: Row): boolean => {
  try {
    return openUser(keys, row).access.roles.includes('msp_admin')
  } catch (error) {
    if (error instanceof IntegrityError) return false
    throw error
  }
}

/** Errors: there is no management user left, or none that opens. */
export const requireAdministrator = async (store: Store, keys: Keyring): Promise<void> => {
  for await (const row of scan(store, 'user_account', { state: rowState.live, secret: true }))
    if (isAdministrator(keys, row)) return
  throw lost('its management users')
}
