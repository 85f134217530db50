// Processor time and memory of processes, from /proc (proc(5)). A process counts with all its threads; a server with
// all its processes, the ended ones included.
import { readFileSync, readdirSync } from 'node:fs'

// USER_HZ: 100 on every Linux that Node runs on.
const microsPerTick = 10_000

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly ticks: number
  /** Of children that ended and were waited for. */
  readonly endedTicks: number
}

/** Null for a process that ended in the meantime. */
const statOf = (pid: number): Stat | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command's name, in parentheses, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((index) =>
      Number(fields[index]),
    ) as [number, number, number, number, number]
    return { pid, parent, ticks: user + system, endedTicks: endedUser + endedSystem }
  } catch {
    return null
  }
}

/** Microseconds that all cores together worked, for whomever, or were taken away by the host (steal). */
export const cpuOfMachine = (): number => {
  const line = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]!
  const [user, nice, system, , , interrupt, softInterrupt, steal] = line
    .split(/ +/)
    .slice(1)
    .map(Number)
  const parts = [user, nice, system, interrupt, softInterrupt, steal]
  return parts.reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0) * microsPerTick
}

const childrenOf = (pid: number): Stat[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat): stat is Stat => stat?.parent === pid)

/** Microseconds of processor time since its start. */
export const cpuOfProcess = (pid: number): number => (statOf(pid)?.ticks ?? 0) * microsPerTick

/** Of a postmaster and its backends. */
export const cpuOfServer = (postmaster: number): number => {
  // Children first: one that ends in between is counted twice rather than lost, and that only for its last tick.
  const running = childrenOf(postmaster).reduce((sum, { ticks }) => sum + ticks, 0)
  const own = statOf(postmaster)
  return (running + (own?.ticks ?? 0) + (own?.endedTicks ?? 0)) * microsPerTick
}

/** Bytes; shared pages count by share, so that a server's buffers are not counted once a backend. */
const proportionalSize = (pid: number): number => {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
    return Number(/^Pss: +(\d+)/m.exec(text)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

export const memoryOfProcess = (pid: number): number => {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'latin1')
    return Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

export const memoryOfServer = (postmaster: number): number =>
  [postmaster, ...childrenOf(postmaster).map(({ pid }) => pid)]
    .map(proportionalSize)
    .reduce((sum, size) => sum + size, 0)
