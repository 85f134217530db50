// What a fault of the database means, for whoever has to mend it: fixed sentences by SQLSTATE or by the socket's code,
// with that code, and names that the configuration holds. Never a text of the server, never a password.
import { reasonOfCode } from '../../../system-reason.js'
import { StoreError } from '../store.js'
import { DatabaseFault } from './faults.js'
import { MigrationRefused } from './migrate.js'
import type { DatabaseTarget } from './target.js'

type Who = Pick<DatabaseTarget, 'host' | 'port' | 'user' | 'database' | 'tls'>

const sentences: Readonly<Record<string, string>> = {
  CONNECT_TIMEOUT: 'nobody answered in time: look at address, firewall and server',
  CONNECTION_CLOSED: 'the connection ended before there was an answer',
  CONNECTION_ENDED: 'the connection ended before there was an answer',
  CONNECTION_DESTROYED: 'the connection ended before there was an answer',
  ENDED: 'the connection ended before there was an answer',
  EPIPE: 'the connection ended before there was an answer',
  FSYNC_OFF: 'the server runs with fsync = off, which loses what was acknowledged: turn it on',
  SASL_SIGNATURE_MISMATCH: 'the server does not know the password either: it is not the right one',
  EPROTO: 'the server does not speak TLS, or none that fits: see ?sslmode= in database.url',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS: see ?sslmode= in database.url',
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another host name",
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "the server's certificate is self-signed: name its authority in NODE_EXTRA_CA_CERTS",
  SELF_SIGNED_CERT_IN_CHAIN:
    "the authority of the server's certificate is not known: name it in NODE_EXTRA_CA_CERTS",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "the authority of the server's certificate is not known: name it in NODE_EXTRA_CA_CERTS",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "the authority of the server's certificate is not known: name it in NODE_EXTRA_CA_CERTS",
  '28P01': 'the server refuses user or password',
  '28000': 'the server lets this user not in from here: look at its pg_hba.conf and its roles',
  '3D000': 'the database does not exist',
  '42501': 'the login lacks a privilege: it needs LOGIN, CREATEDB and CREATEROLE',
  '53100': "the server's disk is full",
  '53200': 'the server is out of memory',
  '53300': 'the server has no connection left: raise max_connections, or lower ours',
  '55000': 'the database does not accept connections',
  '55P03': 'somebody else holds a lock for too long',
  '57014': 'a statement took too long',
  '57P01': 'the server is shutting down',
  '57P02': 'the server is restarting after a crash',
  '57P03': 'the server is starting up or shutting down',
  '58030': "the server's disk cannot be read or written",
  '25006': 'the server is a read-only standby: name the primary',
}

/** As in "nobody listens there (ECONNREFUSED)". */
export const faultSentence = ({ code }: DatabaseFault): string => {
  const sentence = sentences[code] ?? reasonOfCode(code) ?? 'the database refused'
  return /^\w{1,64}$/.test(code) ? `${sentence} (${code})` : sentence
}

const causeOf = (error: unknown): unknown =>
  error instanceof StoreError && error.code === 'unavailable' ? error.cause : error

/** Null: it is no fault of a database. */
export const databaseReason = (error: unknown): string | null => {
  const cause = causeOf(error)
  if (cause instanceof DatabaseFault) return faultSentence(cause)
  return cause instanceof MigrationRefused ? cause.message : null
}

/** What was tried. */
export const placeOf = ({ host, port, user, database, tls }: Who): string =>
  `user "${user}" at ${host} port ${port}, database "${database}"${tls ? ', by TLS' : ''}`
