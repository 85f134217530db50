// What is told of a sign-in that was refused: from where, in which plane, and by which code; never who was named.
import type { HttpReply } from './http/reply.js'
import type { HttpRequest } from './http/request.js'
import type { Hint } from './route/hint.js'

export interface RefusedSignIn {
  readonly address: string
  readonly plane: 'management' | 'tenant'
  readonly code: string
}

/** Of a problem, which is short and ours. */
const codeIn = (body: string | Uint8Array | null): string => {
  const text = typeof body === 'string' ? body : Buffer.from(body ?? []).toString('latin1')
  return /"code":"(\w{1,64})"/.exec(text)?.[1] ?? 'unknown'
}

/** Null: it was none. */
export const refusedSignIn = (
  { tenant }: Pick<Hint, 'tenant'>,
  { remoteAddress }: Pick<HttpRequest, 'remoteAddress'>,
  reply: HttpReply,
): RefusedSignIn | null =>
  reply.status < 400 || !('body' in reply)
    ? null
    : {
        address: remoteAddress,
        plane: tenant === null ? 'management' : 'tenant',
        code: codeIn(reply.body),
      }
