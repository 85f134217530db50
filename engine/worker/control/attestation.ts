// Signs statements for ever with the installation's attestation key (FORMATS §8), apart from the key of its tokens.
import { type CryptoKey, SignJWT, importJWK } from 'jose'
import type { Clock } from '../../clock.js'
import type { Uuid } from '../../ids.js'
import type { AttestationKeys } from '../../task/broker.js'
import { type Claims, statementAlgorithm, type StatementType } from '../audit/statement.js'
import type { StoredKey } from './signing.js'

export class Attestation {
  private constructor(
    private readonly clock: Clock,
    private readonly issuer: Uuid,
    private readonly stored: StoredKey,
    private readonly key: CryptoKey | Uint8Array,
  ) {}

  static async open(clock: Clock, issuer: Uuid, stored: StoredKey): Promise<Attestation> {
    return new Attestation(clock, issuer, stored, await importJWK(stored.privateJwk, 'EdDSA'))
  }

  /** With `iss`, and `iat` to the millisecond (RFC 7519 §2: a NumericDate may have a fraction). */
  sign(type: StatementType, claims: Claims, time = this.clock.now()): Promise<string> {
    return new SignJWT({ ...claims, iss: this.issuer, iat: time / 1_000 })
      .setProtectedHeader({ alg: statementAlgorithm, typ: type, kid: this.stored.kid })
      .sign(this.key)
  }

  /** Public. */
  keys(): AttestationKeys {
    const { kid, publicJwk } = this.stored
    return {
      issuer: this.issuer,
      keys: [{ ...publicJwk, kid, alg: statementAlgorithm, use: 'sig' }],
    }
  }
}
