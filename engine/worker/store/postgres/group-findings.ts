// What does not hold of a group of commits, found before anything is changed.
import type { Table } from '../store.js'
import {
  type OwnedEntry,
  entryParameters,
  givenPlacedEntries,
  isSameValue,
} from './group-entries.js'
import type { Placed, Update } from './group-items.js'
import { refusing } from './group-refused.js'
import { integers, uuids } from './parameters.js'
import type { Statement } from './session.js'

export const findStale = (table: Table, updates: readonly Placed<Update>[]): Statement => ({
  text: refusing(`select item, place, null::uuid as holder
    from unnest($1::integer[], $2::integer[], $3::uuid[], $4::bigint[])
      as given (item, place, id, version)
    where not exists
      (select 1 from ${table} t where t.id = given.id and t.version = given.version)`),
  parameters: [
    integers(updates.map(({ item }) => item)),
    integers(updates.map(({ place }) => place)),
    uuids(updates.map(({ change }) => change.row.id)),
    integers(updates.map(({ change }) => change.expectedVersion)),
  ],
})

export const findTaken = (entries: readonly OwnedEntry[]): Statement => ({
  text: refusing(`select given.item, given.place, e.row_id as holder
    from ${givenPlacedEntries}
    join row_index e on ${isSameValue} and e.is_unique and e.row_id <> given.row_id
    where given.is_unique`),
  parameters: [...entryParameters(entries), integers(entries.map(({ of }) => of.place))],
})
