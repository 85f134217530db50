// The access token that an answer of sign-in, refresh or set-up hands out. Read, never kept.
import type { HttpReply } from '../http/reply.js'

const textOf = (body: string | Uint8Array): string =>
  typeof body === 'string'
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()

const parse = (body: string | Uint8Array): unknown => {
  try {
    return JSON.parse(textOf(body))
  } catch {
    return null
  }
}

/** Null for an answer without one. */
export const issuedToken = (reply: HttpReply): string | null => {
  if (reply.status !== 200 || !('body' in reply) || reply.body === null) return null
  const { accessToken } = (parse(reply.body) ?? {}) as { readonly accessToken?: unknown }
  return typeof accessToken === 'string' ? accessToken : null
}
