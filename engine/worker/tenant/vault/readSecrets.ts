// POST vault/secrets/read: up to 100 secrets by id or by path, answered in the order asked, each audited by itself, as
// many as one answer has room for. Of the rest nothing is opened, and nothing on record says that it was read.
import { confirm } from '../../access/confirm.js'
import { ApiError, type ErrorCode } from '../../../errors.js'
import type { BodyOf, ResultOf } from '../../../task/contract.js'
import type { TenantContext } from '../../context/context.js'
import { type Call, operation } from '../../request/operation.js'
import { codeOf, outcomeOf } from '../../request/refusal.js'
import { openFields } from '../../vault/entry.js'
import { requireDistinct } from '../../vault/distinct.js'
import { fitting } from '../../vault/fitting.js'
import { findEntry, parsePath, pathForm } from '../../vault/path.js'
import { loadPermissions } from '../../access/permissions.js'
import { type Visible, permitted, visibleEntry } from '../../vault/serve.js'

type Asked = { readonly id: string } | { readonly path: string }
type SecretResult = ResultOf<'readSecrets'>[number]
/** A sealed secret that may be read, or why not. */
type Found = Visible | { readonly error: unknown }

export const readSecrets = operation(
  'readSecrets',
  { action: 'vault.secret.read' },
  async (call) => {
    // Without its rules nothing can be said of any of them.
    await loadPermissions(call.context)
    const asked = askedOf(call.body)
    const found = await findFitting(call, asked)
    // All have ended before any is made again: nothing of this attempt is still to be told then.
    const rows = await answerAll(call, asked, found)
    const rest = asked.slice(found.length).map(withoutRoom)
    return { status: 200, body: [...rows.map(valueOf), ...rest] }
  },
)

const valueOf = (row: PromiseSettledResult<SecretResult>): SecretResult => {
  if (row.status === 'rejected') throw row.reason
  return row.value
}

const askedOf = (body: BodyOf<'readSecrets'>): Asked[] => {
  if ('paths' in body) {
    requireDistinct('/paths', body.paths.map(pathForm))
    return body.paths.map((path) => ({ path }))
  }
  const ids = body.ids.map((id) => id.toLowerCase())
  requireDistinct('/ids', ids)
  return ids.map((id) => ({ id }))
}

const withoutRoom = (asked: Asked): SecretResult => ({
  ...asked,
  error: { code: 'answer_too_large' },
})

/** Of JSON around a secret's fields: id, version, names. */
const frameBytes = 128
/** Opened before others have their turn: a few milliseconds. An item costs at least as much as so many bytes. */
const sliceBytes = 512 * 1024
const itemBytes = 32 * 1024

/** A sealed record is longer than the JSON in it. */
const bytesOf = (found: Found): number =>
  'row' in found ? frameBytes + (found.row.secret?.length ?? 0) : 0

const findFitting = (call: Call<'readSecrets'>, asked: readonly Asked[]): Promise<Found[]> => {
  const { answerBytes, entryBytes } = call.context.services.limits
  // Every item may become one of these.
  const errors = Buffer.byteLength(JSON.stringify(asked.map(withoutRoom)))
  const firstSlice = Math.max(1, Math.floor(answerBytes / entryBytes))
  return fitting(asked, (one) => findOne(call, one), bytesOf, answerBytes - errors, firstSlice)
}

const findOne = async (call: Call<'readSecrets'>, asked: Asked): Promise<Found> => {
  try {
    return await find(call, asked)
  } catch (error) {
    return { error }
  }
}

/** Each begun before the one before it has ended, so that their events leave together; a slice of the thread at a time. */
const answerAll = async (
  call: Call<'readSecrets'>,
  asked: readonly Asked[],
  found: readonly Found[],
): Promise<PromiseSettledResult<SecretResult>[]> => {
  const answers: Promise<PromiseSettledResult<SecretResult>>[] = []
  let opened = 0
  for (const [i, one] of found.entries()) {
    answers.push(settled(answerOne(call, asked[i]!, one)))
    opened += Math.max(itemBytes, bytesOf(one))
    if (opened < sliceBytes) continue
    opened = 0
    await call.context.giveWay()
  }
  return Promise.all(answers)
}

const settled = async <T>(work: Promise<T>): Promise<PromiseSettledResult<T>> => {
  const [result] = await Promise.allSettled([work])
  return result
}

const answerOne = async (
  call: Call<'readSecrets'>,
  asked: Asked,
  found: Found,
): Promise<SecretResult> => {
  const { context, event, epoch } = call
  try {
    if ('error' in found) throw found.error
    const { row, entry } = found
    const fields = openFields(context.keys, row)
    const target = { type: 'vault-entry' as const, id: entry.id }
    await confirm(context, epoch, event({ version: entry.version }, target), [entry])
    return { id: entry.id, version: entry.version, fields }
  } catch (error) {
    return refuseOne(call, asked, error)
  }
}

const refuseOne = async (
  call: Call<'readSecrets'>,
  asked: Asked,
  error: unknown,
): Promise<SecretResult> => {
  const outcome = outcomeOf(error)
  if (!outcome && !(error instanceof ApiError && error.status < 500)) throw error
  const code = codeOf(error)
  await confirm(call.context, call.epoch, refusal(call, asked, code, outcome ?? 'denied'))
  return { ...asked, error: { code } }
}

const find = async (
  { context, principal }: Call<'readSecrets'>,
  asked: Asked,
): Promise<Visible> => {
  if ('id' in asked) return visibleEntry(context, principal, asked.id, 'read')
  const permissions = await loadPermissions(context)
  return permitted(context, permissions, principal, await byPath(context, asked.path), 'read')
}

const byPath = (context: TenantContext, path: string): ReturnType<typeof findEntry> =>
  findEntry(context, parsePath(path, '/paths/*'))

const refusal = (
  { event }: Call<'readSecrets'>,
  asked: Asked,
  code: ErrorCode,
  outcome: 'denied' | 'failure',
) =>
  'id' in asked
    ? event({ code }, { type: 'vault-entry', id: asked.id }, outcome)
    : event({ code, path: asked.path }, undefined, outcome)
