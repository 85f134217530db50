// Who the embedded server runs as. PostgreSQL refuses root, so a root engine gives its server a user of its own that
// no person or service logs in as. It must never be a user who can read the engine's files.
import { readFileSync, statSync } from 'node:fs'

/** What a process is started with; empty when the engine is not root. */
export interface Credentials {
  readonly uid?: number
  readonly gid?: number
}

export interface Account {
  /** The server's user and the owner of its files. */
  readonly server: Credentials
  /** initdb wants a user with a line in /etc/passwd; same group, so that nobody else's processes can touch it. */
  readonly initdb: Credentials
}

interface Entry {
  readonly name: string
  readonly id: number
}

const isRoot = process.geteuid?.() === 0

// The range that systemd's table of user ids leaves unused; below 65536, so that containers map it.
const firstOwn = 60710
const lastOwn = 61183

const entries = (file: string): Entry[] => {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name = '', , id]) => ({ name, id: Number(id) }))
  } catch {
    return []
  }
}

const firstFree = (taken: ReadonlySet<number>): number => {
  for (let id = firstOwn; id < lastOwn; id++) if (!taken.has(id)) return id
  throw new Error('no user id between 60710 and 61183 is free for the embedded PostgreSQL')
}

const helper = (users: readonly Entry[]): Entry => {
  const found =
    users.find(({ name }) => name === 'nobody') ?? users.find(({ id }) => id > 0 && id < 65536)
  if (found === undefined)
    throw new Error('/etc/passwd names no user but root; the embedded PostgreSQL needs one')
  return found
}

const ownAccount = (): Account => {
  const users = entries('/etc/passwd')
  const named = users.find(({ name }) => name === 'rppam')
  if (named !== undefined && named.id > 0) {
    const own = { uid: named.id, gid: named.id }
    return { server: own, initdb: own }
  }
  const id = firstFree(new Set([...users, ...entries('/etc/group')].map((entry) => entry.id)))
  return { server: { uid: id, gid: id }, initdb: { uid: helper(users).id, gid: id } }
}

/** The account for a new cluster: the user `rppam` where the machine has one, else an id that nobody uses. */
export const accountForNew = (): Account => (isRoot ? ownAccount() : { server: {}, initdb: {} })

/** The account of an existing cluster: whoever owns it. */
export const accountOf = (cluster: string): Credentials => {
  const { uid, gid } = statSync(cluster)
  if (!isRoot) return {}
  if (uid === 0) throw new Error(`${cluster} belongs to root, which PostgreSQL refuses to run as`)
  return { uid, gid }
}
