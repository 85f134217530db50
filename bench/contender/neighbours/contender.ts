// One tenant of one engine under one disturbance. All of them share the engine and the tenant that is measured, and the
// engine has one shard: on a machine of many cores chance would part the tenants otherwise.
import type { Disturbance, Prepared } from '../../disturbance/disturbance.js'
import { faultsOf } from '../../disturbance/faults.js'
import { startTraffic } from '../../traffic/start-traffic.js'
import type { Contender, Disturbing, Setting } from '../contender.js'
import { measuredTenant, type MeasuredTenant } from '../engine/measured-tenant.js'
import { startEngine, type StartedEngine } from '../engine/start-engine.js'

interface Shared {
  readonly engine: StartedEngine
  readonly tenant: MeasuredTenant
}

const oneShard = { RPPAM_WORKERS_SHARDS: '1' }
/** Far more than there are answers. */
const mostRequestsPerMs = 20

const startShared = async (setting: Setting): Promise<Shared> => {
  const engine = await startEngine(setting, oneShard)
  return { engine, tenant: await measuredTenant(engine, setting.entries) }
}

const disturb = async (
  port: number,
  prepared: Prepared,
  longestMs: number,
  { teardown }: Setting,
): Promise<Disturbing> => {
  const actions = await prepared(longestMs)
  const mostRequests = longestMs * mostRequestsPerMs
  const { pid, end } = await startTraffic({ ...actions, port, longestMs, mostRequests }, teardown)
  return {
    pid,
    end: async () => {
      const tally = await end()
      return { ...tally, faults: faultsOf(actions, tally) }
    },
  }
}

const underOne = (
  { id, title, prepare }: Disturbance,
  shared: (setting: Setting) => Promise<Shared>,
): Contender => ({
  id,
  title,
  async start(setting) {
    const { engine, tenant } = await shared(setting)
    const { running, credentials: measured } = tenant
    const prepared = await prepare({ engine, measured, shortCode: `bench-${id}` })
    const during = (longestMs: number): Promise<Disturbing> =>
      disturb(engine.port, prepared, longestMs, setting)
    return { ...running, during }
  },
})

/** The first, `quiet`, is disturbed by nobody. */
export const neighbourContenders = (disturbances: readonly Disturbance[]): Contender[] => {
  let started: Promise<Shared> | null = null
  const shared = (setting: Setting): Promise<Shared> => (started ??= startShared(setting))
  const quiet: Contender = {
    id: 'quiet',
    title: 'nobody else asks for anything',
    start: async (setting) => (await shared(setting)).tenant.running,
  }
  return [quiet, ...disturbances.map((disturbance) => underOne(disturbance, shared))]
}
