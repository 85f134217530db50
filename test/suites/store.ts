// What every store promises, whatever is below it. `open` answers an empty store of a database of its own; all stores
// that it made are closed by whoever calls this.
import t from 'tap'
import type { Store } from '../../engine/worker/store/store.js'
import { storeAudit } from './store-audit.js'
import { storeCommits } from './store-commits.js'
import { storeGroups } from './store-groups.js'
import { storeIndexes } from './store-indexes.js'
import { storeKeys } from './store-keys.js'
import { storeReads } from './store-reads.js'

export type OpenStore = () => Promise<Store>

export const storeConformance = (open: OpenStore): void => {
  t.test('reads', (t) => storeReads(t, open))
  t.test('commits', (t) => storeCommits(t, open))
  t.test('groups', (t) => storeGroups(t, open))
  t.test('indexes', (t) => storeIndexes(t, open))
  t.test('audit', (t) => storeAudit(t, open))
  t.test('keys and outbox', (t) => storeKeys(t, open))
}
