// Which items of a group were found not to hold. It is written down in a setting of the transaction: the statements that
// change leave together with those that look, and must pass those items over.
import { inTransaction } from './transaction.js'

const setting = `'rppam.refused'`
/** Before any other statement of the group. */
export const forgetRefused = `set_config(${setting}, '{}', true)`
/** SQL, after the number of an item. */
export const isRefused = `= any((select current_setting(${setting}))::integer[])`
/** A condition for what is `given`. */
export const isMeant = `not (given.item ${isRefused}) and ${inTransaction}`

/** From a query of (item, place, holder): answers `place holder,…` of what was found, and remembers whose it was. */
export const refusing = (found: string): string => `
  with found as (${found})
  select string_agg(place || ' ' || coalesce(holder::text, ''), ','), set_config(${setting},
    (current_setting(${setting})::integer[] || coalesce(array_agg(item), '{}'))::text, true)
  from found`
