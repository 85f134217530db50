// The engine under writes: new entries, or new versions of those that are there, one after the other so that no two in
// flight are of one entry. Beside it, if asked for, another build of it.
import { setTimeout as pause } from 'node:timers/promises'
import { schemaName } from '../../../engine/worker/store/postgres/target.js'
import { requestText } from '../../disturbance/flow.js'
import type { Target } from '../../load/messages.js'
import { serial } from '../../traffic/messages.js'
import type { Contender, Running, Setting } from '../contender.js'
import { countRows } from '../count-rows.js'
import { measuredTenant } from '../engine/measured-tenant.js'
import { startEngine } from '../engine/start-engine.js'

const events = `select coalesce(sum(count), 0) from ${schemaName}.audit_block`
// Of PostgreSQL 18 on.
const flushes = `select coalesce(sum(fsyncs), 0) from pg_stat_io where object = 'wal'`
/** A backend tells its statistics when it has nothing to do, at most once a second; others within ten. */
const statisticsMs = 2_000

type Targets = (running: Running, run: number, authorization: string) => readonly Target[]

const fields = { username: 'root', password: 'correct horse battery staple' }

const creating: Targets = (_, run, authorization) => {
  const folder = `/writes/${run}`
  const body = JSON.stringify({ name: `entry-${serial}`, folder, type: 'password', fields })
  const request = requestText({
    method: 'POST',
    path: '/api/v1/vault/entries',
    authorization,
    body,
  })
  return [{ request, status: 201, body: null }]
}

const updating: Targets = ({ ids }, _, authorization) =>
  ids.map((id, i) => {
    const name = `host-${String(i).padStart(5, '0')}`
    const changed = {
      name,
      folder: '/bench/servers',
      type: 'password',
      tags: [`run-${serial}`],
      fields,
    }
    const path = `/api/v1/vault/entries/${id}`
    const body = JSON.stringify(changed)
    const request = requestText({ method: 'PUT', path, authorization, body })
    return { request, status: 200, body: null }
  })

const start = async (
  setting: Setting,
  root: string | undefined,
  targetsOf: Targets,
): Promise<Running> => {
  const engine = await startEngine(setting, {}, root)
  const { running } = await measuredTenant(engine, setting.entries)
  const { url } = engine.databaseOf('bench')
  let run = 0
  return {
    ...running,
    writes: {
      targets: (authorization) => targetsOf(running, ++run, authorization),
      audited: () => countRows(url, events),
      flushes: async () => {
        await pause(statisticsMs)
        return countRows(url, flushes)
      },
    },
  }
}

const kinds = [
  { id: 'create', title: 'new entries', writes: creating },
  { id: 'update', title: 'new versions of entries', writes: updating },
]

export const writeContenders: readonly Contender[] = kinds.flatMap(({ id, title, writes }) => [
  { id, title, start: (setting) => start(setting, undefined, writes) },
  {
    id: `${id}-before`,
    title: `${title}, by the engine compared with`,
    isBefore: true,
    start: (setting) => start(setting, setting.before ?? undefined, writes),
  },
])
