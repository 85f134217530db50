// A session: one sign-in and the refresh tokens that follow from it (FORMATS §8). The row belongs to its user.
import type { Milliseconds } from '../../clock.js'
import { ApiError } from '../../errors.js'
import { type TenantId, type Uuid, newId } from '../../ids.js'
import { type OpaqueToken, formatToken } from '../../task/opaque-token.js'
import { randomBytes } from '../cipher/random.js'
import type { TenantContext } from '../context/context.js'
import type { Keyring } from '../keys/keyring.js'
import { type Change, type Row, rowState } from '../store/store.js'

/** 12 h from the sign-in; refreshing does not prolong it. */
export const sessionLifetime: Milliseconds = 12 * 3_600_000
/** A refresh token shown again within this time, its successor unused, answers that successor. */
export const refreshGrace: Milliseconds = 10_000

/** Of one user, looked at by one sign-in. */
const sessionsCleared = 100

interface SessionDocument {
  /** Verifier of the refresh token that is valid now, base64. */
  readonly refresh: string
  readonly previous: {
    readonly verifier: string
    readonly rotatedTime: Milliseconds
    /** The token that replaced it, for the answer that got lost on its way. */
    readonly successor: string
  } | null
  /** The user's generation at sign-in. */
  readonly generation: number
}

export interface Session {
  readonly id: Uuid
  readonly user: Uuid
  readonly version: number
  readonly createdTime: Milliseconds
  readonly expiresTime: Milliseconds
  readonly document: SessionDocument
}

const openSession = (keys: Keyring, row: Row): Session => ({
  id: row.id,
  user: row.parent ?? '',
  version: row.version,
  createdTime: row.createdTime,
  expiresTime: row.expiresTime ?? 0,
  document: keys.open('session.doc', row.id, row.version, row.doc) as SessionDocument & {
    user: Uuid
  },
})

// The parent column is plain: the sealed document says again whose session this is, and until when.
const sealSession = (keys: Keyring, session: Session, time: Milliseconds): Row => ({
  id: session.id,
  parent: session.user,
  version: session.version,
  state: rowState.live,
  createdTime: session.createdTime,
  updatedTime: time,
  expiresTime: session.expiresTime,
  doc: keys.seal('session.doc', session.id, session.version, {
    ...session.document,
    user: session.user,
    expiresTime: session.expiresTime,
  }),
  secret: null,
})

const verifierOf = (keys: Keyring, { id, secret }: OpaqueToken): string =>
  keys.verifier('refresh', id, secret).toString('base64')

const freshToken = (tenant: TenantId, id: Uuid): OpaqueToken => ({
  tenant,
  id,
  secret: randomBytes(32),
})

/** A new session and its first refresh token. */
export const startSession = (
  context: TenantContext,
  user: Uuid,
  generation: number,
  now: Milliseconds,
): { session: Session; change: Change; refreshToken: string } => {
  const token = freshToken(context.tenant, newId())
  const session: Session = {
    id: token.id,
    user,
    version: 1,
    createdTime: now,
    expiresTime: now + sessionLifetime,
    document: { refresh: verifierOf(context.keys, token), previous: null, generation },
  }
  const row = sealSession(context.keys, session, now)
  return {
    session,
    change: { op: 'insert', table: 'session', row, indexes: [] },
    refreshToken: formatToken('rprt_', token),
  }
}

const liveSession = (
  context: TenantContext,
  row: Row | null,
  now: Milliseconds,
): Session | null => {
  if (!row || row.state !== rowState.live) return null
  const session = openSession(context.keys, row)
  const sealed = session.document as SessionDocument & { user: Uuid; expiresTime: Milliseconds }
  return sealed.user === row.parent && sealed.expiresTime > now
    ? { ...session, expiresTime: sealed.expiresTime }
    : null
}

/** The session as the present epoch has it; null when it ended or never was. */
export const loadSession = async (
  context: TenantContext,
  id: Uuid,
  now: Milliseconds,
): Promise<Session | null> => {
  const session = await context.access.get('session', id, async () =>
    liveSession(context, await context.load('session', id), now),
  )
  return session && session.expiresTime > now ? session : null
}

/** Past the cache: what refresh and logout decide on. */
export const readSession = async (
  context: TenantContext,
  id: Uuid,
  now: Milliseconds,
): Promise<Session | null> =>
  liveSession(context, (await context.store.read('session', [id]))[0] ?? null, now)

/** Sessions of `user` that ended by themselves: a sign-in clears them away. */
export const expiredSessions = async (
  context: TenantContext,
  user: Uuid,
  now: Milliseconds,
): Promise<Change[]> => {
  const rows = await context.store.children('session', user, { limit: sessionsCleared })
  return rows
    .filter(({ expiresTime }) => expiresTime !== null && expiresTime <= now)
    .map(({ id }) => endSession(id))
}

/** Ends a session: its row goes, and with the raised epoch every cached decision that rested on it. */
export const endSession = (id: Uuid): Change => ({ op: 'delete', table: 'session', id })

export type RefreshOutcome =
  | { readonly kind: 'rotated'; readonly change: Change; readonly refreshToken: string }
  | { readonly kind: 'repeated'; readonly refreshToken: string }
  | { readonly kind: 'reused' }

/** What showing `token` does to `session` (FORMATS §8). */
export const refresh = (
  context: TenantContext,
  session: Session,
  token: OpaqueToken,
  now: Milliseconds,
): RefreshOutcome => {
  const { document } = session
  if (
    context.keys.verify('refresh', token.id, token.secret, Buffer.from(document.refresh, 'base64'))
  ) {
    const next = freshToken(context.tenant, session.id)
    const refreshToken = formatToken('rprt_', next)
    const previous = { verifier: document.refresh, rotatedTime: now, successor: refreshToken }
    const row = sealSession(
      context.keys,
      {
        ...session,
        version: session.version + 1,
        document: { ...document, refresh: verifierOf(context.keys, next), previous },
      },
      now,
    )
    const change: Change = {
      op: 'update',
      table: 'session',
      row,
      expectedVersion: session.version,
      indexes: undefined,
    }
    return { kind: 'rotated', change, refreshToken }
  }
  const { previous } = document
  if (
    previous &&
    context.keys.verify(
      'refresh',
      token.id,
      token.secret,
      Buffer.from(previous.verifier, 'base64'),
    ) &&
    now - previous.rotatedTime <= refreshGrace
  )
    return { kind: 'repeated', refreshToken: previous.successor }
  return { kind: 'reused' }
}

export const refused = (): ApiError => new ApiError('invalid_credentials')
