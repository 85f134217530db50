// The anchor of a chain is a checkpoint (FORMATS §5): a statement that says how far the chain has come and what its
// digest is there, at which epoch the tenant's access was, and how many chains were registered. Each names the one before.
import type { TenantId, Uuid } from '../../ids.js'
import type { AnchorRecord } from '../../task/broker.js'
import { IntegrityError } from '../cipher/record.js'
import type { SignedAnchor } from './anchors.js'
import {
  type Claims,
  claimsOf,
  hexClaim,
  statementHash,
  type StatementVerifier,
  wholeClaim,
} from './statement.js'

export const checkpointType = 'rppam-checkpoint+jws'
const digestBytes = 32

export interface CheckpointPlace {
  /** Hash of the chain's registration. */
  readonly reg: string
  /** The highest number of a registration of the tenant. */
  readonly regs: number
  /** Number within the chain, from 1. */
  readonly n: number
  /** Hash of the one before it; null: the first. */
  readonly prev: string | null
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** All but `iss` and `iat`. */
export const checkpointClaims = (
  tenant: TenantId,
  { chain, seq, digest, epoch, state }: AnchorRecord,
  { reg, regs, n, prev }: CheckpointPlace,
): Claims => ({
  tid: tenant,
  chain,
  reg,
  regs,
  n,
  prev,
  seq,
  count: seq,
  digest: hexOf(digest),
  epoch,
  state: hexOf(state),
})

const anchorOf = (claims: Claims): AnchorRecord => ({
  chain: claims.chain as Uuid,
  seq: wholeClaim(claims.seq),
  digest: hexClaim(claims.digest, digestBytes),
  epoch: wholeClaim(claims.epoch),
  state: hexClaim(claims.state, digestBytes),
  time: Math.round(Number(claims.iat) * 1_000),
})

/**
 * Checkpoints of a chain, newest first. A signature is looked at where no newer one vouches for it: those in between may
 * have been thinned out. Throws an IntegrityError.
 */
export const openCheckpoints = async (
  verifier: StatementVerifier,
  tenant: TenantId,
  chain: Uuid,
  statements: readonly string[],
): Promise<SignedAnchor[]> => {
  const anchors: SignedAnchor[] = []
  let below = Infinity
  let vouched: unknown = null
  for (const jws of statements) {
    const claims =
      vouched === statementHash(jws) ? claimsOf(jws) : await verifier.claims(jws, checkpointType)
    if (claims.tid !== tenant || claims.chain !== chain) throw new IntegrityError()
    vouched = claims.prev
    const anchor = { ...anchorOf(claims), regs: wholeClaim(claims.regs), statement: jws }
    // The columns that they are ordered by are copies, which anybody with the database may write.
    if (anchor.seq >= below) throw new IntegrityError()
    below = anchor.seq
    anchors.push(anchor)
  }
  return anchors
}
