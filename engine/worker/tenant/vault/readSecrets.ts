// POST vault/secrets/read: up to 100 secrets by id or by path, answered in the order asked, each audited by itself.
import { confirm } from '../../access/confirm.js'
import { ApiError, type ErrorCode } from '../../../errors.js'
import type { BodyOf, ResultOf } from '../../../task/contract.js'
import type { TenantContext } from '../../context/context.js'
import { type Call, operation } from '../../request/operation.js'
import { codeOf, outcomeOf } from '../../request/refusal.js'
import { openFields } from '../../vault/entry.js'
import { requireDistinct } from '../../vault/distinct.js'
import { findEntry, parsePath, pathForm } from '../../vault/path.js'
import { loadPermissions } from '../../access/permissions.js'
import { type Visible, permitted, visibleEntry } from '../../vault/serve.js'

type Asked = { readonly id: string } | { readonly path: string }
type SecretResult = ResultOf<'readSecrets'>[number]

export const readSecrets = operation(
  'readSecrets',
  { action: 'vault.secret.read' },
  async (call) => {
    // Without its rules nothing can be said of any of them.
    await loadPermissions(call.context)
    // All have ended before any is made again: nothing of this attempt is still to be told then.
    const rows = await Promise.allSettled(askedOf(call.body).map((asked) => readOne(call, asked)))
    return { status: 200, body: rows.map(valueOf) }
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

const readOne = async (call: Call<'readSecrets'>, asked: Asked): Promise<SecretResult> => {
  const { context, event, epoch } = call
  try {
    const { row, entry } = await find(call, asked)
    const fields = openFields(context.keys, row)
    const target = { type: 'vault-entry' as const, id: entry.id }
    await confirm(context, epoch, event({ version: entry.version }, target), [entry])
    return { id: entry.id, version: entry.version, fields }
  } catch (error) {
    const outcome = outcomeOf(error)
    if (!outcome && !(error instanceof ApiError && error.status < 500)) throw error
    const code = codeOf(error)
    await confirm(context, epoch, refusal(call, asked, code, outcome ?? 'denied'))
    return { ...asked, error: { code } }
  }
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
