// Why an installation cannot be opened, as one line for the person who starts the engine: the setting, what was tried,
// what the other side said.
import { ApiError } from '../../errors.js'
import { databaseReason } from '../store/postgres/fault-sentence.js'

/** Whose server it is, and what was tried there. */
export interface TriedServer {
  readonly isEmbedded: boolean
  /** Without a password. */
  readonly place: string
}

const settingOf = ({ isEmbedded }: TriedServer): string =>
  isEmbedded ? 'the embedded PostgreSQL' : 'database.url'

/** What is no fault of the database comes back as it is. */
export const startReason = (error: unknown, server: TriedServer): unknown => {
  const refused = error instanceof ApiError && error.code === 'provisioning_refused'
  const reason = refused ? (error.detail ?? null) : databaseReason(error)
  if (reason === null) return error
  return new Error(`${settingOf(server)}: ${reason}; tried was ${server.place}`)
}
