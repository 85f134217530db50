// The append-only registry of what is sealed where. Numbers are stored in associated data (FORMATS §1): a test
// freezes them. Never renumber, never reuse.
export const purposes = {
  vault: 1,
  secrets: 2,
  credentials: 3,
  identity: 4,
  modules: 5,
  audit: 6,
  index: 7,
} as const
export type Purpose = keyof typeof purposes

/** A sealed column: kind of row, field of the row, and the purpose whose key seals it. */
export interface SealedField {
  readonly kind: number
  readonly field: number
  readonly purpose: Purpose
  /** Bytes that its plaintext is padded to a multiple of, where padding.ts's own steps are not meant. */
  readonly paddedTo?: number
}

/** Of what was sealed before any release and is not any more: no row has these kinds again. */
export const retiredKinds: readonly number[] = [8]

export const sealedFields = {
  'user_account.doc': { kind: 1, field: 1, purpose: 'credentials' },
  'user_account.secret': { kind: 1, field: 2, purpose: 'identity' },
  'session.doc': { kind: 2, field: 1, purpose: 'credentials' },
  'setup_token.doc': { kind: 3, field: 1, purpose: 'credentials' },
  'vault_entry.doc': { kind: 4, field: 1, purpose: 'vault' },
  'vault_entry.secret': { kind: 4, field: 2, purpose: 'secrets' },
  'vault_entry_version.doc': { kind: 5, field: 1, purpose: 'vault' },
  'vault_entry_version.secret': { kind: 5, field: 2, purpose: 'secrets' },
  'permission_set.doc': { kind: 6, field: 1, purpose: 'credentials' },
  'setting.doc': { kind: 7, field: 1, purpose: 'credentials' },
  'tenant.profile': { kind: 9, field: 1, purpose: 'identity' },
  'tenant.credentials': { kind: 9, field: 2, purpose: 'credentials' },
  'operation.result': { kind: 10, field: 1, purpose: 'credentials' },
  'signing_key.private': { kind: 11, field: 1, purpose: 'credentials' },
  'license.token': { kind: 12, field: 1, purpose: 'credentials' },
  'operation.doc': { kind: 10, field: 2, purpose: 'credentials' },
  'outbox.data': { kind: 13, field: 1, purpose: 'credentials' },
  'tenant_state.sealed': { kind: 14, field: 1, purpose: 'credentials' },
  'audit_block.sealed': { kind: 15, field: 1, purpose: 'audit', paddedTo: 512 },
} as const satisfies Record<string, SealedField>
export type SealedFieldName = keyof typeof sealedFields
