// One engine per data folder. The lock names a process by id and start time, so that a lock left by a killed engine,
// or by one of before a reboot, never stops a start. It must never be taken from an engine that is alive.
import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Holder {
  readonly pid: number
  /** Clock ticks from boot to the start of the process. */
  readonly started: string
  readonly boot: string
}

export interface Lock {
  release(): void
}

const startOf = (pid: number | 'self'): string | undefined => {
  try {
    // The command may hold spaces and brackets: count from the last bracket. Field 22 is the start time.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

const read = (file: string): Holder | undefined => {
  try {
    const { pid, started, boot } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder>
    return Number.isInteger(pid) && started !== undefined && boot !== undefined
      ? { pid: pid!, started, boot }
      : undefined
  } catch {
    return undefined
  }
}

const isAlive = (holder: Holder | undefined): holder is Holder =>
  holder !== undefined && holder.boot === bootId() && startOf(holder.pid) === holder.started

const tryLink = (from: string, to: string): boolean => {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Takes a dead lock away; one that turned out to be alive (another start was faster) is put back. */
const bury = (file: string): void => {
  const grave = `${file}.${randomBytes(6).toString('hex')}`
  try {
    renameSync(file, grave)
  } catch {
    return
  }
  if (isAlive(read(grave))) tryLink(grave, file)
  rmSync(grave, { force: true })
}

const take = (own: string, file: string, dataDir: string): void => {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (tryLink(own, file)) return
    const holder = read(file)
    if (isAlive(holder))
      throw new Error(`${dataDir} is in use by another engine (process ${holder.pid})`)
    bury(file)
  }
  throw new Error(`${dataDir} is in use by another engine`)
}

/** @throws Error one line, when an engine that is alive holds the folder */
export const lockFolder = (dataDir: string): Lock => {
  const file = join(dataDir, 'engine.lock')
  const own = `${file}.${randomBytes(6).toString('hex')}`
  const holder: Holder = { pid: process.pid, started: startOf('self') ?? '', boot: bootId() }
  writeFileSync(own, JSON.stringify(holder), { mode: 0o600, flag: 'wx' })
  try {
    take(own, file, dataDir)
  } finally {
    rmSync(own, { force: true })
  }
  return { release: () => rmSync(file, { force: true }) }
}
