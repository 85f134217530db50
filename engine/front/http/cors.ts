// Cross-origin access by browsers: off unless origins are configured, and then for exactly those. It must never
// reflect an origin that is not on the list, and never allow credentials: tokens travel in a header, not in cookies.
import type { HttpReply } from './reply.js'

export interface Cors {
  /** Headers for an answer to this origin; null when it is not on the list. */
  headersFor(origin: string | undefined): Readonly<Record<string, string>> | null
  preflight(origin: string): HttpReply | null
}

const exposed =
  'ETag, Link, Location, Retry-After, X-Request-Id, X-Total-Count, X-Unreadable-Count, Idempotency-Replayed, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset'

const preflightHeaders = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'Authorization, Content-Type, Accept, If-Match, Idempotency-Key, Prefer',
  'access-control-max-age': '600',
}

const headersOf = (origin: string): Readonly<Record<string, string>> => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': exposed,
  vary: 'Origin',
})

/** Null when no origin is configured. */
export const createCors = (origins: readonly string[]): Cors | null => {
  if (origins.length === 0) return null
  const known = new Map(origins.map((origin) => [origin, headersOf(origin)]))
  const headersFor: Cors['headersFor'] = (origin) =>
    origin === undefined ? null : (known.get(origin) ?? null)
  return {
    headersFor,
    preflight: (origin) =>
      headersFor(origin) && { status: 204, headers: preflightHeaders, body: null },
  }
}
