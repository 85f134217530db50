// POST vault/secrets/read: up to 100 secrets by id or by path, answered in the order asked, each audited by itself.
import { confirm } from '../access/confirm.js'
import { ApiError, type ErrorCode } from '../../errors.js'
import type { BodyOf, ResultOf } from '../../task/contract.js'
import type { TenantContext } from '../context.js'
import { type Call, operation } from '../operation.js'
import { openFields } from '../vault/entry.js'
import { findEntry, parsePath } from '../vault/path.js'
import { loadPermissions } from '../vault/permissions.js'
import { type Visible, permitted, visibleEntry } from '../vault/serve.js'

type Asked = { readonly id: string } | { readonly path: string }
type SecretResult = ResultOf<'readSecrets'>[number]

export const readSecrets = operation(
  'readSecrets',
  { action: 'vault.secret.read' },
  async (call) => {
    const found = await Promise.all(askedOf(call.body).map((asked) => findOne(call, asked)))
    const serve = () => Promise.all(found.map((one) => serveOne(call, one)))
    const bytes = found.reduce((sum, { visible }) => sum + (visible?.row.secret?.length ?? 0), 0)
    const body = await (bytes > largeBatch ? call.context.largeAnswers.take(serve) : serve())
    return { status: 200, body }
  },
)

/** Bytes. One batch of a tenant that is larger is opened at a time: others of the shard have their turns in between. */
const largeBatch = 1024 * 1024

const askedOf = (body: BodyOf<'readSecrets'>): Asked[] =>
  'ids' in body
    ? body.ids.map((id) => ({ id: id.toLowerCase() }))
    : body.paths.map((path) => ({ path }))

type Found = { readonly asked: Asked } & (
  { readonly visible: Visible } | { readonly visible?: never; readonly code: ErrorCode }
)

const findOne = async (call: Call<'readSecrets'>, asked: Asked): Promise<Found> => {
  try {
    return { asked, visible: await find(call, asked) }
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error
    return { asked, code: error.code }
  }
}

const serveOne = async (call: Call<'readSecrets'>, found: Found): Promise<SecretResult> => {
  const { context, event, epoch } = call
  if (!found.visible) {
    const { asked, code } = found
    await confirm(context, epoch, refusal(call, asked, code))
    return { ...asked, error: { code } }
  }
  const { row, entry } = found.visible
  const target = { type: 'vault-entry' as const, id: entry.id }
  const fields = openFields(context.keys, row)
  await confirm(context, epoch, event({ version: entry.version }, target), [entry])
  return { id: entry.id, version: entry.version, fields }
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

const refusal = ({ event }: Call<'readSecrets'>, asked: Asked, code: ErrorCode) =>
  event({ code }, 'id' in asked ? { type: 'vault-entry', id: asked.id } : undefined, 'denied')
