// Removes a contender's folder once nothing works in it: a contender that was ended while it started, or killed, leaves
// an initdb or a server that ends by itself a moment later and would write its files again.
import { readdirSync, readlinkSync, rmSync } from 'node:fs'
import { sep } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const graceMs = 15_000
const pollMs = 50

const worksIn = (pid: string, folder: string): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder + sep)
  } catch {
    return false
  }
}

const processesIn = (folder: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && worksIn(name, folder))
    .map(Number)

const end = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in the meantime.
  }
}

/** `folder` is absolute, without links, and ours. */
export const removeFolder = async (folder: string): Promise<void> => {
  for (let waited = 0; processesIn(folder).length > 0; waited += pollMs) {
    if (waited > graceMs) processesIn(folder).forEach(end)
    await pause(pollMs)
  }
  rmSync(folder, { recursive: true, force: true })
}
