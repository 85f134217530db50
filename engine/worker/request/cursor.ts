// Opaque cursors of endless lists: tenant 16 | time i64 | chain 16 | sequence i64. One of another tenant is no cursor here.
import { ApiError } from '../../errors.js'
import { type TenantId, uuidFromBytes, writeUuid } from '../../ids.js'
import type { AuditPosition } from '../store/store.js'

const timeOffset = 16
const chainOffset = 24
const sequenceOffset = 40
const cursorBytes = 48

export const formatCursor = (tenant: TenantId, { time, chain, seq }: AuditPosition): string => {
  const cursor = Buffer.alloc(cursorBytes)
  writeUuid(cursor, 0, tenant)
  cursor.writeBigInt64BE(BigInt(time), timeOffset)
  writeUuid(cursor, chainOffset, chain)
  cursor.writeBigInt64BE(BigInt(seq), sequenceOffset)
  return cursor.toString('base64url')
}

export const parseCursor = (tenant: TenantId, text: string): AuditPosition => {
  const bytes = Buffer.from(text, 'base64url')
  const isCursor = bytes.length === cursorBytes && bytes.toString('base64url') === text
  const numberAt = (offset: number): number =>
    isCursor ? Number(bytes.readBigInt64BE(offset)) : NaN
  const [time, seq] = [numberAt(timeOffset), numberAt(sequenceOffset)]
  // Anybody can make one up: a number that no database holds must end here.
  if (![time, seq].every(Number.isSafeInteger) || uuidFromBytes(bytes) !== tenant)
    throw new ApiError('validation_failed', undefined, [
      { pointer: '/query/after', message: 'is not a cursor of this list' },
    ])
  return { time, chain: uuidFromBytes(bytes, chainOffset), seq }
}
