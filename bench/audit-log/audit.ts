// The audit log read as a whole: verified, in memory and from the database, and searched by its filters.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { newId } from '../../engine/ids.js'
import { everyEvent } from '../../engine/worker/audit/event-filter.js'
import { AuditReader } from '../../engine/worker/audit/reader.js'
import { verifyAudit } from '../../engine/worker/audit/verify.js'
import type { AuditBlock, AuditPosition, Store } from '../../engine/worker/store/store.js'
import { openDatabase } from './database.js'
import type { Layer, LayerRow, LayerSetting } from './layer.js'
import { measured } from './measured.js'
import { freshKeys, WrittenLog } from './written-log.js'

const perBlock = 32
const blocks = 4_000
const atOnce = 50
/** A person who did three things. */
const rare = newId()
const rareEvery = Math.floor(blocks / 3)

type ReadStore = Pick<Store, 'auditChain' | 'auditChains' | 'read' | 'find'>

const giveWay = (): Promise<void> => nextTurn()

const write = async (log: WrittenLog, store: Store): Promise<AuditBlock[]> => {
  const all: AuditBlock[] = []
  for (let i = 0; i < blocks; i += atOnce) {
    const some = Array.from({ length: atOnce }, (_, n) =>
      log.next((i + n) % rareEvery === 1 ? rare : null),
    )
    await store.append(some, [])
    all.push(...some)
  }
  return all
}

const inMemory = ({ registration }: WrittenLog, all: readonly AuditBlock[]): ReadStore => ({
  auditChain: async (_, from, limit) => {
    const first = Math.floor((from - 1) / perBlock)
    return all.slice(first, first + limit)
  },
  auditChains: async () => [registration.chain],
  read: async () => [],
  find: async () => [],
})

const verify = async ({ keys, registration }: WrittenLog, store: ReadStore): Promise<number> => {
  const sink = { chains: async () => [{ ...registration, statement: '' }], anchors: async () => [] }
  const { ok, events } = await verifyAudit(store, keys, sink, {
    tenant: keys.tenant,
    tip: null,
    giveWay,
  })
  if (!ok || events !== blocks * perBlock) throw new Error('the log that was made is not whole')
  return events
}

/** Answers how many blocks were looked at. */
const search = async ({ keys }: WrittenLog, store: Store): Promise<number> => {
  const reader = new AuditReader({ store, keys, giveWay })
  let found = 0
  for (let last: AuditPosition | null = null; ;) {
    const page = await reader.page(last, 100, { ...everyEvent, actor: rare })
    found += page.items.length
    last = page.last
    if (last === null) break
  }
  if (found < 3) throw new Error('what is there was not found')
  return blocks
}

const run = async (setting: LayerSetting): Promise<LayerRow[]> => {
  const log = new WrittenLog(freshKeys(), perBlock, blocks)
  const { store, pid } = await openDatabase(setting)
  const all = await write(log, store)
  setting.say(`${blocks} blocks of ${perBlock} events written`)
  const rows: LayerRow[] = []
  for (let round = 0; round <= setting.rounds; round++) {
    const done = [
      await measured('verify, in memory: events', null, () => verify(log, inMemory(log, all))),
      await measured('verify, from the database: events', pid, () => verify(log, store)),
      await measured('search by actor: blocks', pid, () => search(log, store)),
    ]
    // The first one compiles.
    if (round > 0) rows.push(...done)
  }
  return rows
}

export const audit: Layer = { name: 'audit', run }
