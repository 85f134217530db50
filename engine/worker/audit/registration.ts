// The registration of a chain (FORMATS §5): a statement that stands in the control database before the chain's first
// event. A tenant's registrations are numbered, and each names the one before it: none can be left out or put in between.
import { isUuid, type TenantId, type Uuid } from '../../ids.js'
import type { ChainRegistration } from '../../task/broker.js'
import { IntegrityError } from '../cipher/record.js'
import type { SignedRegistration } from './anchors.js'
import {
  type Claims,
  claimsOf,
  hexClaim,
  statementHash,
  type StatementVerifier,
  wholeClaim,
} from './statement.js'

export const registrationType = 'rppam-chain+jws'
const macKeyIdBytes = 8
const digestBytes = 32

export interface RegistrationPlace {
  /** From 1. */
  readonly num: number
  /** Of the registration before it; null: the first. */
  readonly prev: string | null
}

/** All but `iss` and `iat`. */
export const registrationClaims = (
  tenant: TenantId,
  { chain, writer, previousChain, previousDigest, macKeyId }: ChainRegistration,
  { num, prev }: RegistrationPlace,
): Claims => ({
  tid: tenant,
  num,
  chain,
  writer,
  prevChain: previousChain,
  prevDigest: previousDigest && Buffer.from(previousDigest).toString('hex'),
  macKeyId: Buffer.from(macKeyId).toString('hex'),
  prev,
})

const uuidClaim = (value: unknown): Uuid => {
  if (typeof value !== 'string' || !isUuid(value)) throw new IntegrityError()
  return value
}

const registrationOf = (claims: Claims): ChainRegistration => {
  const { chain, writer, prevChain, prevDigest, macKeyId } = claims
  if (typeof writer !== 'string') throw new IntegrityError()
  return {
    chain: uuidClaim(chain),
    writer,
    previousChain: prevChain === null ? null : uuidClaim(prevChain),
    previousDigest: prevDigest === null ? null : hexClaim(prevDigest, digestBytes),
    macKeyId: hexClaim(macKeyId, macKeyIdBytes),
  }
}

/**
 * The registrations of a tenant, of which these are all statements, by their number. The last is verified, each of the
 * others by the hash that its successor names. Throws an IntegrityError.
 */
export const openRegistrations = async (
  verifier: StatementVerifier,
  tenant: TenantId,
  statements: readonly string[],
): Promise<SignedRegistration[]> => {
  const last = statements.at(-1)
  if (last === undefined) return []
  await verifier.claims(last, registrationType)
  let expected: unknown = null
  return statements.map((jws, i) => {
    const claims = claimsOf(jws)
    if (claims.tid !== tenant || wholeClaim(claims.num) !== i + 1 || claims.prev !== expected)
      throw new IntegrityError()
    expected = statementHash(jws)
    return { ...registrationOf(claims), statement: jws }
  })
}
