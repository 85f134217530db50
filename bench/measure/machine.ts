// The machine a result was made on; without it no figure means anything.
import { execFileSync } from 'node:child_process'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../engine/root.js'

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryBytes: number
  readonly kernel: string
  readonly node: string
  readonly commit: string
  /** The minute before the run. */
  readonly loadBefore: number
  /** Median of writing and syncing 8 KiB where the databases lie; a handful of microseconds means no real disk. */
  readonly syncMicros: number
}

const syncs = 50

const medianSync = (temporary: string): number => {
  const folder = mkdtempSync(join(temporary, 'rppam-bench-sync-'))
  const file = openSync(join(folder, 'probe'), 'w')
  const block = Buffer.alloc(8192, 1)
  const times = Array.from({ length: syncs }, () => {
    const start = performance.now()
    writeSync(file, block, 0, block.length, 0)
    fdatasyncSync(file)
    return (performance.now() - start) * 1000
  })
  closeSync(file)
  rmSync(folder, { recursive: true, force: true })
  return Math.round(times.sort((a, b) => a - b)[syncs / 2]!)
}

const git = (...args: string[]): string => {
  try {
    return execFileSync('git', args, { cwd: packageRoot, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim()
  } catch {
    return ''
  }
}

/** `unknown` outside of a repository; `+` for a tree that differs from its commit. */
const commitHere = (): string => {
  const commit = git('rev-parse', '--short=12', 'HEAD')
  if (commit === '') return 'unknown'
  return git('status', '--porcelain') === '' ? commit : `${commit}+`
}

export const describeMachine = (temporary: string): Machine => ({
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryBytes: totalmem(),
  kernel: release(),
  node: process.version,
  commit: commitHere(),
  loadBefore: loadavg()[0]!,
  syncMicros: medianSync(temporary),
})
