// What the middle of an access token says (FORMATS §8). It knows no keys: whoever believes claims has seen the signature.
import { type TenantId, isUuid } from '../../ids.js'
import type { AccessClaims } from '../../task/item.js'
import { accessTokenLifetime, clockSkew } from '../../task/token-life.js'

type Payload = Readonly<Record<string, unknown>>

const audiences: ReadonlySet<unknown> = new Set(['msp', 'tenant', 'mfa', 'breakglass'])
const claimCount = ['iss', 'aud', 'tid', 'sub', 'sid', 'gen', 'tgn', 'iat', 'exp'].length

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0
const isId = (value: unknown): value is string => typeof value === 'string' && isUuid(value)

const inForce = ({ iat, exp }: Payload, now: number): boolean =>
  isCount(iat) &&
  isCount(exp) &&
  iat <= now + clockSkew &&
  now < exp &&
  exp - iat <= accessTokenLifetime

const isObject = (value: unknown): value is Payload => typeof value === 'object' && value !== null

/** Claims in force at `now` (seconds since the Unix epoch); null unless the payload holds all of ours and nothing else. */
export const claimsOf = (payload: unknown, issuer: string, now: number): AccessClaims | null => {
  if (!isObject(payload) || Object.keys(payload).length !== claimCount) return null
  const { iss, aud, tid, sub, sid, gen, tgn, exp } = payload
  if (iss !== issuer || !audiences.has(aud) || !inForce(payload, now)) return null
  if (!isId(tid) || !isId(sub) || !isId(sid) || !isCount(gen) || !isCount(tgn)) return null
  return Object.freeze({
    aud: aud as AccessClaims['aud'],
    tid: tid as TenantId,
    sub,
    sid,
    gen,
    tgn,
    exp: exp as number,
  })
}
