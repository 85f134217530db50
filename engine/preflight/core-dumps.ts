// A core dump holds every key. Node.js has no call for setrlimit(2): where the limit is not 0 already (LimitCORE=0 of a
// unit, the default of most shells) util-linux' prlimit(1) sets it for this process, and for those it starts.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

interface Host {
  /** Of /proc/self/limits. */
  limits(): string
  setNone(): void
}

const thisProcess: Host = {
  limits: () => {
    try {
      return readFileSync('/proc/self/limits', 'utf8')
    } catch {
      return ''
    }
  },
  setNone: () =>
    void spawnSync('prlimit', ['--pid', String(process.pid), '--core=0:0'], {
      stdio: 'ignore',
      timeout: 2_000,
    }),
}

/** The soft limit is what counts. */
const areForbidden = (limits: string): boolean => /^Max core file size\s+0\s/m.test(limits)

/** One line when they stay possible; null: there are none. */
export const forbidCoreDumps = (host: Host = thisProcess): string | null => {
  if (areForbidden(host.limits())) return null
  host.setNone()
  if (areForbidden(host.limits())) return null
  return 'a crash may write keys to disk: core dumps are possible, and prlimit(1) could not forbid them; set LimitCORE=0 (ulimit -c 0)'
}
