// What a server's lock file says of it (PostgreSQL, miscadmin.h): the process id first, the state last.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const lockFileOf = (cluster: string): string => join(cluster, 'postmaster.pid')

/** Null: there is none, or it cannot be read. */
export const postmasterOf = (
  cluster: string,
): { readonly pid: string | undefined; readonly state: string | undefined } | null => {
  try {
    const lines = readFileSync(lockFileOf(cluster), 'utf8').split('\n')
    return { pid: lines[0], state: lines[7]?.trim() }
  } catch {
    return null
  }
}
