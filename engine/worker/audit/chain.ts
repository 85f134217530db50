// The hash chain (FORMATS §5): d0 = SHA-256("RPPAM-CHAIN\x01" | tenant | chain | macKeyId 8 | previousChain 16 |
// previousDigest 32), db = SHA-256(… d(b-1) … block b), mb = HMAC(mac key, db). A position of a chain moves forward only;
// who may have to go back works on a fork of it.
import { type TenantId, writeUuid } from '../../ids.js'
import type { ChainRegistration } from '../../task/broker.js'
import type { Keyring } from '../keys/keyring.js'
import { type BlockFields, blockPrefix, linkBlock } from './block.js'
import { digestBytes, sha256 } from './sha256.js'

const label = Buffer.from('RPPAM-CHAIN\x01', 'latin1')
const chainOffset = 28
const macKeyOffset = 44
const previousChainOffset = 52
const previousDigestOffset = 68
const genesisBytes = 100
const macKeyIdBytes = 8

/** d0. A chain without a predecessor names 48 zero bytes. */
export const firstDigest = (tenant: TenantId, registration: ChainRegistration): Buffer => {
  const { chain, macKeyId, previousChain, previousDigest } = registration
  const input = Buffer.alloc(genesisBytes)
  label.copy(input)
  writeUuid(input, label.length, tenant)
  writeUuid(input, chainOffset, chain)
  if (macKeyId.length !== macKeyIdBytes) throw new RangeError('a MAC key id has 8 bytes')
  input.set(macKeyId, macKeyOffset)
  if (previousChain !== null) writeUuid(input, previousChainOffset, previousChain)
  if (previousDigest !== null) {
    if (previousDigest.length !== digestBytes) throw new RangeError('a digest has 32 bytes')
    input.set(previousDigest, previousDigestOffset)
  }
  return sha256(input)
}

/** A position in one chain: after the block that ends with event `seq`, where the digest is that block's. */
export class ChainState {
  readonly #prefix: Buffer
  readonly #digest: Buffer
  #seq: number

  private constructor(
    readonly registration: ChainRegistration,
    prefix: Buffer,
    digest: Uint8Array,
    seq: number,
  ) {
    this.#prefix = prefix
    this.#digest = Buffer.from(digest)
    this.#seq = seq
  }

  static atStart(tenant: TenantId, registration: ChainRegistration): ChainState {
    return ChainState.at(tenant, registration, 0, firstDigest(tenant, registration))
  }

  static at(
    tenant: TenantId,
    registration: ChainRegistration,
    seq: number,
    digest: Uint8Array,
  ): ChainState {
    return new ChainState(registration, blockPrefix(tenant, registration.chain), digest, seq)
  }

  get seq(): number {
    return this.#seq
  }

  /** Changes with the next advance. */
  get digest(): Buffer {
    return this.#digest
  }

  /** Takes the next block in. The state is unchanged when it throws: a RangeError for what is no block, or not the next. */
  advance(fields: BlockFields): void {
    if (fields.firstSeq !== this.#seq + 1) throw new RangeError('not the next block of the chain')
    const last = this.#seq + fields.count
    if (fields.count < 1 || !Number.isSafeInteger(last)) throw new RangeError('not a block')
    linkBlock(this.#digest, this.#prefix, fields)
    this.#seq = last
  }

  /** mb, under the key that the chain was registered with. */
  mac(keys: Keyring): Buffer {
    return keys.auditMac(this.#digest, this.registration.macKeyId).mac
  }

  /** A position of its own, here. */
  fork(): ChainState {
    return new ChainState(this.registration, this.#prefix, this.#digest, this.#seq)
  }
}
