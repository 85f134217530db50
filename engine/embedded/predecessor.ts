// What a killed engine left behind: its server, still stopping, and its lock file. Runs only under the folder's lock,
// so the engine that started them is dead. It must never signal a process that does not work inside the cluster.
import { readdirSync, rmSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { lockFileOf, postmasterOf } from './postmaster.js'

const pollMs = 20

/** Every process of a server has the cluster as its working folder; a process id alone may have been given away. */
export const processesIn = (cluster: string): number[] => {
  const { dev, ino } = statSync(cluster)
  const worksThere = (pid: string): boolean => {
    try {
      const cwd = statSync(`/proc/${pid}/cwd`)
      return cwd.dev === dev && cwd.ino === ino
    } catch {
      return false
    }
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && worksThere(name))
    .map(Number)
    .filter((pid) => pid !== process.pid)
}

const signal = (pids: readonly number[], name: NodeJS.Signals): void => {
  for (const pid of pids)
    try {
      process.kill(pid, name)
    } catch {
      // It ended by itself in the meantime.
    }
}

const goneWithin = async (cluster: string, milliseconds: number): Promise<boolean> => {
  for (let waited = 0; waited < milliseconds; waited += pollMs) {
    if (processesIn(cluster).length === 0) return true
    await pause(pollMs)
  }
  return processesIn(cluster).length === 0
}

/** `stopping`: its engine told it to end; a checkpoint takes its time, and cut short costs a recovery. */
const graceMs = { ending: 2_000, stopping: 30_000 }

/** Waits for a predecessor's server to end, ends it if it does not, and removes its lock file. */
export const clearPredecessor = async (cluster: string): Promise<void> => {
  const isStopping = postmasterOf(cluster)?.state === 'stopping'
  if (!(await goneWithin(cluster, isStopping ? graceMs.stopping : graceMs.ending))) {
    signal(processesIn(cluster), 'SIGQUIT')
    if (!(await goneWithin(cluster, 6_000))) signal(processesIn(cluster), 'SIGKILL')
    if (!(await goneWithin(cluster, 2_000)))
      throw new Error(`a PostgreSQL that works in ${cluster} does not end`)
  }
  rmSync(lockFileOf(cluster), { force: true })
}
