// Checks a request's target before anything is routed by it. Nothing is decoded or normalised here: what could be
// read in two ways is refused, so that no proxy before us and no code behind us can read it in another way.

// RFC 3986 §3.3, §3.4 without the percent sign, which is checked apart. Raw non-ASCII is no URI.
const plainPath = /^\/[\w\-.~!$&'()*+,;=:@/%]*$/
const plainQuery = /^[\w\-.~!$&'()*+,;=:@/?%[\]|]*$/

const dotSegment = /\/\.{1,2}(\/|$)/
/** Encoded controls, `.`, `/`, `\` and DEL: nothing of the contract's paths needs them. */
const deceptive = /%(?:[01][0-9a-f]|2[ef]|5c|7f)/i
/** Controls reach no database and no log. */
const control = /%(?:[01][0-9a-f]|7f)/i

/** Percent-encoding that is malformed, or is no UTF-8, throws. */
const decodes = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

const isPath = (path: string): boolean =>
  plainPath.test(path) &&
  !(path.includes('/.') && dotSegment.test(path)) &&
  (!path.includes('%') || (!deceptive.test(path) && decodes(path)))

const isQuery = (query: string): boolean =>
  plainQuery.test(query) && (!query.includes('%') || (!control.test(query) && decodes(query)))

/** `query` without its `?`; empty where there is none. */
export const isTarget = (path: string, query: string): boolean =>
  isPath(path) && (query === '' || isQuery(query))
