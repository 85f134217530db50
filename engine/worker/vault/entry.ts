// A vault entry: metadata sealed with `vault`, fields sealed with `secrets`, found by blind indexes only.
import { toUtc, type Milliseconds } from '../../clock.js'
import { newId, type Uuid } from '../../ids.js'
import { ApiError } from '../../errors.js'
import type { BodyOf } from '../../task/contract.js'
import { IntegrityError } from '../cipher/record.js'
import { CanonicalError, canonicalFolder, canonicalName, canonicalText } from '../keys/canonical.js'
import type { Keyring } from '../keys/keyring.js'
import { requireWritten } from '../keys/plain-columns.js'
import type { Limits } from '../../task/options.js'
import { requireDistinct } from './distinct.js'
import { type Change, type IndexEntry, type Row, type RowState, rowState } from '../store/store.js'

export type EntryType = BodyOf<'createEntry'>['type']
export type Fields = Readonly<Record<string, string>>

export interface EntryMetadata {
  readonly name: string
  readonly folder: string
  readonly type: EntryType
  readonly tags: readonly string[]
}

export interface Entry extends EntryMetadata {
  readonly id: Uuid
  readonly version: number
  readonly state: RowState
  readonly createdTime: Milliseconds
  readonly updatedTime: Milliseconds
}

/** Earlier versions kept beside the present one. */
export const versionsKept = 20

interface EntryDocument extends EntryMetadata {
  /** Absent: live. Listings need the state in the plain; the sealed one is what counts. */
  readonly deleted?: true
}

/** Throws an IntegrityError when the plain state is not the sealed one, or a time is none. */
const openMetadata = (keys: Keyring, row: Row): EntryMetadata => {
  requireWritten(row)
  const { deleted, ...metadata } = keys.open(
    'vault_entry.doc',
    row.id,
    row.version,
    row.doc,
  ) as EntryDocument
  if (row.state !== (deleted ? rowState.deleted : rowState.live)) throw new IntegrityError()
  return metadata
}

export const openEntry = (keys: Keyring, row: Row): Entry => ({
  ...openMetadata(keys, row),
  id: row.id,
  version: row.version,
  state: row.state,
  createdTime: row.createdTime,
  updatedTime: row.updatedTime,
})

export const openFields = (keys: Keyring, row: Row): Fields =>
  keys.open('vault_entry.secret', row.id, row.version, row.secret ?? Buffer.alloc(0)) as Fields

export interface EntryContent extends EntryMetadata {
  readonly fields: Fields
}

const emptyContent = { folder: '/', tags: [], fields: {} }

/** Stands for a present content that is not known yet. */
export const bareContent: EntryContent = { ...emptyContent, name: '-', type: 'note' }

/**
 * The content that a body asks for, in canonical form (FORMATS §3), within the limits. What the body leaves out stays
 * as `present` has it.
 */
export const contentOf = (
  body: BodyOf<'updateEntry'>,
  limits: Limits,
  present: EntryContent | Pick<BodyOf<'createEntry'>, 'name' | 'type'>,
): EntryContent => {
  const wanted = { ...emptyContent, ...present, ...body }
  const content = {
    name: canonical('/name', () => canonicalName(wanted.name)),
    folder: canonical('/folder', () => canonicalFolder(wanted.folder)),
    type: wanted.type,
    tags: wanted.tags.map((tag) => canonical('/tags/*', () => canonicalText(tag))),
    fields: wanted.fields,
  }
  requireDistinct('/tags', content.tags)
  for (const value of Object.values(content.fields))
    if (Buffer.byteLength(value) > limits.fieldBytes) throw tooLarge('/fields/*', limits.fieldBytes)
  if (bytesOf(content) > limits.entryBytes) throw tooLarge('', limits.entryBytes)
  return content
}

/** Of the texts themselves: how JSON spells them is nobody's content. */
const bytesOf = ({ name, folder, tags, fields }: EntryContent): number =>
  [name, folder, ...tags, ...Object.entries(fields).flat()].reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    0,
  )

const tooLarge = (pointer: string, bytes: number): ApiError =>
  new ApiError('validation_failed', undefined, [
    { pointer, message: `must be at most ${bytes} bytes` },
  ])

export const canonical = <T>(pointer: string, form: () => T): T => {
  try {
    return form()
  } catch (error) {
    if (!(error instanceof CanonicalError)) throw error
    throw new ApiError('validation_failed', undefined, [{ pointer, message: error.message }])
  }
}

export const entryIndexes = (keys: Keyring, { folder, name }: EntryMetadata): IndexEntry[] => [
  ...keys.index('entryPath', [folder, name]).map((value) => ({ ...value, unique: true })),
  ...keys.index('entryFolder', [folder]).map((value) => ({ ...value, unique: false })),
]

interface Stamp {
  readonly id: Uuid
  readonly version: number
  readonly state: RowState
  readonly createdTime: Milliseconds
  readonly updatedTime: Milliseconds
}

const sealEntry = (keys: Keyring, stamp: Stamp, { fields, ...metadata }: EntryContent): Row => ({
  ...stamp,
  parent: null,
  expiresTime: null,
  doc: keys.seal('vault_entry.doc', stamp.id, stamp.version, {
    ...metadata,
    ...(stamp.state === rowState.deleted ? { deleted: true } : {}),
  } satisfies EntryDocument),
  secret: keys.seal('vault_entry.secret', stamp.id, stamp.version, fields),
})

export const insertEntry = (
  keys: Keyring,
  content: EntryContent,
  time: Milliseconds,
): { entry: Entry; change: Change } => {
  const stamp: Stamp = {
    id: newId(),
    version: 1,
    state: rowState.live,
    createdTime: time,
    updatedTime: time,
  }
  const { fields: _, ...metadata } = content
  return {
    entry: { ...metadata, ...stamp },
    change: {
      op: 'insert',
      table: 'vault_entry',
      row: sealEntry(keys, stamp, content),
      indexes: entryIndexes(keys, content),
    },
  }
}

/** The changes that take an entry one version on: the new row, and the present one among its versions. */
export const updateEntry = (
  keys: Keyring,
  present: Row,
  content: EntryContent,
  state: RowState,
  time: Milliseconds,
): { entry: Entry; changes: Change[] } => {
  const stamp: Stamp = {
    id: present.id,
    version: present.version + 1,
    state,
    createdTime: present.createdTime,
    updatedTime: time,
  }
  const { fields: _, ...metadata } = content
  return {
    entry: { ...metadata, ...stamp },
    changes: [
      {
        op: 'update',
        table: 'vault_entry',
        row: sealEntry(keys, stamp, content),
        expectedVersion: present.version,
        // A deleted entry frees its name.
        indexes: state === rowState.live ? entryIndexes(keys, content) : [],
      },
      keepVersion(keys, present),
    ],
  }
}

export const openContent = (keys: Keyring, row: Row): EntryContent => ({
  ...openMetadata(keys, row),
  fields: openFields(keys, row),
})

interface VersionDocument extends EntryMetadata {
  readonly entry: Uuid
}

// The row of a version has an id of its own; the sealed document says which entry it belongs to.
const keepVersion = (keys: Keyring, present: Row): Change => {
  const id = newId()
  const { fields, ...metadata } = openContent(keys, present)
  const row: Row = {
    ...present,
    id,
    parent: present.id,
    state: rowState.live,
    doc: keys.seal('vault_entry_version.doc', id, present.version, {
      ...metadata,
      entry: present.id,
    }),
    secret: keys.seal('vault_entry_version.secret', id, present.version, fields),
  }
  return { op: 'insert', table: 'vault_entry_version', row, indexes: [] }
}

export const openVersion = (keys: Keyring, entry: Uuid, row: Row): EntryContent => {
  requireWritten(row)
  const { entry: sealedEntry, ...metadata } = keys.open(
    'vault_entry_version.doc',
    row.id,
    row.version,
    row.doc,
  ) as VersionDocument
  if (sealedEntry !== entry) throw new ApiError('integrity_failure')
  const fields = keys.open(
    'vault_entry_version.secret',
    row.id,
    row.version,
    row.secret ?? Buffer.alloc(0),
  )
  return { ...metadata, fields: fields as Fields }
}

export const etagOf = (version: number): string => `"${version}"`

/** SPEC §7's entry metadata. */
export const entryJson = (entry: Entry) => ({
  id: entry.id,
  name: entry.name,
  folder: entry.folder,
  type: entry.type,
  tags: [...entry.tags],
  version: entry.version,
  createdUtc: toUtc(entry.createdTime),
  updatedUtc: toUtc(entry.updatedTime),
  ...(entry.state === rowState.deleted ? { deletedUtc: toUtc(entry.updatedTime) } : {}),
})
