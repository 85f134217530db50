// Takes the bearer token out of an Authorization header (RFC 6750 §2.1). One scheme, one token: no list, no query
// parameter, no cookie.

/** Our tokens are about 450 characters; a longer one is not looked at. */
const maximalLength = 2048
const bearer = /^bearer ([\w\-.~+/]+=*)$/i

/** The token, or null when the header is missing or anything else. */
export const bearerToken = (authorization: string | undefined): string | null =>
  authorization === undefined || authorization.length > maximalLength
    ? null
    : (bearer.exec(authorization)?.[1] ?? null)

const usual = 'Bearer '

/** What stands behind the scheme as almost everybody writes it, unchecked: to look up among tokens that were checked. */
export const usualToken = (authorization: string | undefined): string | null =>
  authorization?.startsWith(usual) ? authorization.slice(usual.length) : null
