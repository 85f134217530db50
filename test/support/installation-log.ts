// What the management plane's own log says, opened as the engine opens it: by the MEK. (Nobody is shown it over HTTP yet.)
import { join } from 'node:path'
import { systemClock } from '../../engine/clock.js'
import { openBlock } from '../../engine/worker/audit/contents.js'
import type { RecordedEvent } from '../../engine/worker/audit/line.js'
import { openMek } from '../../engine/worker/control/mek.js'
import { openInstallationKeys } from '../../engine/worker/installation/first-start.js'
import { keyringOptions } from '../../engine/worker/keys/keyring.js'
import { targetFromUrl } from '../../engine/worker/store/postgres/target.js'
import type { Store } from '../../engine/worker/store/store.js'
import { administrativeServer } from './administrator.js'
import { openTestStore } from './database.js'
import type { EngineAddress } from './engine.js'

const everything = 1_000_000

const eventsIn = async (store: Store, mekFile: string): Promise<RecordedEvent[]> => {
  const mek = await openMek({ provider: 'file', file: mekFile, text: null }, true)
  const keys = await openInstallationKeys(
    mek,
    store,
    systemClock,
    keyringOptions('xchacha20-poly1305', 0),
  )
  try {
    const blocks = await store.auditPage(null, everything)
    return blocks.reverse().flatMap((block) => openBlock(keys, block))
  } finally {
    keys.close()
    mek.close()
  }
}

/** All events, the oldest block first; `serverUrl`: of another server than the embedded one. */
export const installationEvents = async (
  engine: EngineAddress,
  serverUrl = administrativeServer(engine).url,
): Promise<RecordedEvent[]> => {
  const store = openTestStore({ ...targetFromUrl(serverUrl), database: 'rppam_control' })
  try {
    return await eventsIn(store, join(engine.dataDir, 'mek.key'))
  } finally {
    await store.close()
  }
}

/** Outcomes of what was recorded as this action on this target. */
export const outcomesOf = (
  events: readonly RecordedEvent[],
  target: unknown,
  action: number,
): number[] =>
  events
    .filter((event) => event.target === target && event.action === action)
    .map(({ outcome }) => outcome)
