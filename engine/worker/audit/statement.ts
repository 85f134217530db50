// Statements for ever (FORMATS §8): JWS in compact form, Ed25519, each of a type of its own, signed with the
// installation's attestation key. They are kept in the control database and believed only when they verify.
import { type CryptoKey, compactVerify, decodeJwt, importJWK } from 'jose'
import type { Uuid } from '../../ids.js'
import type { AttestationKeys } from '../../task/broker.js'
import { IntegrityError } from '../cipher/record.js'
import { sha256 } from './sha256.js'

/** RFC 9864; what was signed under the older name counts too. */
export const statementAlgorithm = 'Ed25519'
const algorithms = [statementAlgorithm, 'EdDSA']

export type StatementType = 'rppam-chain+jws' | 'rppam-checkpoint+jws' | 'rppam-export+jws'
export type Claims = Readonly<Record<string, unknown>>

/** Lower-case hex of SHA-256 of its text: how one statement names another. */
export const statementHash = (jws: string): string => sha256(jws).toString('hex')

/** What it says, unverified: for what another statement vouches for by its hash. Throws an IntegrityError. */
export const claimsOf = (jws: string): Claims => {
  try {
    return decodeJwt(jws)
  } catch {
    throw new IntegrityError()
  }
}

type PublicKeys = ReadonlyMap<string, CryptoKey | Uint8Array>

/** Verifies statements with the public keys that `ask` answers, asked for once. */
export class StatementVerifier {
  #keys: Promise<PublicKeys> | null = null
  #issuer: Uuid = ''

  constructor(private readonly ask: () => Promise<AttestationKeys>) {}

  /** Throws an IntegrityError for what is not signed, of another type, or of another installation. */
  async claims(jws: string, type: StatementType): Promise<Claims> {
    const keys = await this.#opened()
    try {
      const { protectedHeader } = await compactVerify(
        jws,
        ({ kid }) => keys.get(kid ?? '') ?? new Uint8Array(),
        { algorithms },
      )
      if (protectedHeader.typ !== type) throw new IntegrityError()
    } catch {
      throw new IntegrityError()
    }
    const claims = claimsOf(jws)
    if (claims.iss !== this.#issuer) throw new IntegrityError()
    return claims
  }

  #opened(): Promise<PublicKeys> {
    if (this.#keys) return this.#keys
    const keys = this.#open()
    this.#keys = keys
    keys.catch(() => (this.#keys = null))
    return keys
  }

  async #open(): Promise<PublicKeys> {
    const { issuer, keys } = await this.ask()
    this.#issuer = issuer
    const opened = keys.map(async (jwk) => [jwk.kid ?? '', await importJWK(jwk, 'EdDSA')] as const)
    return new Map(await Promise.all(opened))
  }
}

const hexPattern = /^(?:[0-9a-f]{2})*$/

/** Bytes of a claim in hex. Throws an IntegrityError for another length or form. */
export const hexClaim = (value: unknown, length: number): Buffer => {
  if (typeof value !== 'string' || value.length !== 2 * length || !hexPattern.test(value))
    throw new IntegrityError()
  return Buffer.from(value, 'hex')
}

/** Throws an IntegrityError for what is no whole number. */
export const wholeClaim = (value: unknown): number => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new IntegrityError()
  return value as number
}
