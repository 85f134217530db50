// Opaque cursors of endless lists: tenant 16 | time u64 | id 16. One of another tenant is no cursor here.
import { ApiError } from '../../errors.js'
import { type TenantId, uuidFromBytes, uuidToBytes } from '../../ids.js'
import type { AuditPosition } from '../store/store.js'

const cursorBytes = 40

export const formatCursor = (tenant: TenantId, { time, id }: AuditPosition): string => {
  const at = Buffer.alloc(8)
  at.writeBigUInt64BE(BigInt(time))
  return Buffer.concat([uuidToBytes(tenant), at, uuidToBytes(id)]).toString('base64url')
}

export const parseCursor = (tenant: TenantId, text: string): AuditPosition => {
  const bytes = Buffer.from(text, 'base64url')
  const isCursor = bytes.length === cursorBytes && bytes.toString('base64url') === text
  const time = isCursor ? Number(bytes.readBigUInt64BE(16)) : NaN
  // Anybody can make one up: a time that no database holds must end here.
  if (!Number.isSafeInteger(time) || uuidFromBytes(bytes) !== tenant)
    throw new ApiError('validation_failed', undefined, [
      { pointer: '/query/after', message: 'is not a cursor of this list' },
    ])
  return { time, id: uuidFromBytes(bytes, 24) }
}
