// Processor time of something that shares its thread, and how long it kept the thread to itself.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { cpuOfServer } from '../measure/processes.js'
import type { LayerRow } from './layer.js'

const resolution = 1

/** `work` answers how many it did. `postmaster`: of the database that works for it. */
export const measured = async (
  name: string,
  postmaster: number | null,
  work: () => Promise<number>,
): Promise<LayerRow> => {
  const delay = monitorEventLoopDelay({ resolution })
  const before = process.cpuUsage()
  const databaseBefore = postmaster === null ? 0 : cpuOfServer(postmaster)
  delay.enable()
  const done = await work()
  delay.disable()
  const { user, system } = process.cpuUsage(before)
  const spent = postmaster === null ? null : cpuOfServer(postmaster) - databaseBefore
  return {
    measured: name,
    engineRate: (done / (user + system)) * 1e6,
    // Less than a tick of its clock is nothing that can be told.
    databaseRate: spent === null || spent === 0 ? null : (done / spent) * 1e6,
    heldMs: Math.max(0, delay.max / 1e6 - resolution),
  }
}
