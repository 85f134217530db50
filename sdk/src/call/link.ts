// The next page of a list, from its Link header (RFC 8288). Only the position is taken from it: an address that a
// server names must never get the token.

const links = /<([^>]*)>((?:\s*;\s*[^,;<]+)*)/g

/** The query parameter `name` of the link with rel="next", or null. */
export const nextIn = (headers: Headers, name: string): string | null => {
  for (const [, target = '', parameters = ''] of (headers.get('link') ?? '').matchAll(links)) {
    if (!/;\s*rel="?next"?\s*(;|$)/i.test(parameters)) continue
    const query = target.slice(target.indexOf('?') + 1)
    return new URLSearchParams(query).get(name)
  }
  return null
}
