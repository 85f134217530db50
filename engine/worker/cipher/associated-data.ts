// Associated data of a sealed record, 70 bytes without delimiters (FORMATS §1). It ties a record to tenant, kind, field,
// row and row version: moved to any other place, it does not open. The tenant comes from the authenticated context.
import { type TenantId, type Uuid, writeUuid } from '../../ids.js'
import type { SealedField } from './registry.js'
import { writeWhole } from './whole.js'

export const headerBytes = 16
export const associatedDataBytes = 70

const label = Buffer.from('RPPAM-AAD\x01', 'latin1')
const tenantOffset = 26
const kindOffset = 42
const fieldOffset = 44
const recordOffset = 46
const versionOffset = 62

/** Where a record belongs. */
export interface Place {
  readonly field: SealedField
  readonly recordId: Uuid
  readonly recordVersion: number
}

/** Builds the associated data of one tenant's records, each over the one before: use it before the next call. */
export class AssociatedData {
  readonly #bytes = Buffer.alloc(associatedDataBytes)

  constructor(tenant: TenantId) {
    label.copy(this.#bytes)
    writeUuid(this.#bytes, tenantOffset, tenant)
  }

  /** Throws a RangeError for an id that is no lower-case UUID or a version that is no whole number. */
  of(header: Buffer, place: Place): Buffer {
    const bytes = this.#bytes
    header.copy(bytes, label.length, 0, headerBytes)
    bytes.writeUInt16BE(place.field.kind, kindOffset)
    bytes.writeUInt16BE(place.field.field, fieldOffset)
    writeUuid(bytes, recordOffset, place.recordId)
    writeWhole(bytes, versionOffset, place.recordVersion)
    return bytes
  }
}
