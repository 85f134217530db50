// Numbers that stand for tables and indexes in stored rows. They are never used again for anything else.
import { type IndexName, indexNames, type Table } from '../store.js'

export const tableNumbers: Readonly<Record<Table, number>> = {
  user_account: 1,
  session: 2,
  setup_token: 3,
  vault_entry: 4,
  vault_entry_version: 5,
  permission_set: 6,
  setting: 7,
  tenant: 101,
  tenant_kek: 102,
  operation: 103,
  audit_chain: 104,
  audit_anchor: 105,
  billing_event: 106,
  known_network: 107,
}

/** Throws a RangeError: what is no name of ours never becomes part of a statement. */
export const tableNumber = (table: Table): number => {
  if (!Object.hasOwn(tableNumbers, table)) throw new RangeError('not a table')
  return tableNumbers[table]
}

export const indexNumber = (index: IndexName): number => indexNames[index]
