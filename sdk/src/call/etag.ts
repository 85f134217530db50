// Entity tags (RFC 9110 §8.8.3). A proxy that compresses changes the engine's: nginx makes them weak, for which If-Match
// never holds (§13.1.1), Apache and Caddy append the coding. What they name is the same resource: both are taken off.

const strong = (etag: string): string =>
  etag.replace(/^W\//, '').replace(/-(gzip|br|zstd|deflate)"$/, '"')

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
