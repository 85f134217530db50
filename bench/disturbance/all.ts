import { batches } from './batches.js'
import type { Disturbance } from './disturbance.js'
import { hung } from './hung.js'
import { json } from './json.js'
import { keys } from './keys.js'
import { large } from './large.js'
import { lists } from './lists.js'
import { slowReaders } from './slow-readers.js'
import { tokenFlood } from './token-flood.js'
import { verify } from './verify.js'
import { writes } from './writes.js'

/** In the order in which they are measured. */
export const disturbances: readonly Disturbance[] = [
  json,
  keys,
  large,
  slowReaders,
  tokenFlood,
  writes,
  batches,
  verify,
  lists,
  hung,
]
