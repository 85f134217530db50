// Entity tags (RFC 9110 §8.8.3). A proxy that compresses makes the engine's strong ones weak, and If-Match would never
// hold for those (§13.1.1): what it names is the same resource, so the mark is taken off.

const strong = (etag: string): string => (etag.startsWith('W/') ? etag.slice('W/'.length) : etag)

/** Of an answer; null where a proxy has dropped it. */
export const etagOf = (headers: Headers): string | null => {
  const etag = headers.get('etag')
  return etag === null ? null : strong(etag.trim())
}

/** Of a version, or of an ETag as it was answered; without either the last write wins. */
export const ifMatchOf = (expected: number | string | undefined): { 'If-Match'?: string } => {
  if (expected === undefined) return {}
  return { 'If-Match': typeof expected === 'number' ? `"${expected}"` : strong(expected) }
}
