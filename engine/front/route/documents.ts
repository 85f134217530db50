// What the front shows of the contract itself: /openapi.json, and the page at /docs with the script that shows the
// document. All of it was made at build time, and the page may reach nothing but this engine.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../root.js'
import { contractText } from '../../task/contract.js'

export interface ServedDocument {
  readonly contentType: string
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

const generated = (name: string): Buffer => readFileSync(join(packageRoot, 'generated', name))

export const contractDocumentServed: ServedDocument = {
  contentType: 'application/json',
  body: Buffer.from(contractText),
  headers: {},
}

/**
 * Scripts from here alone, none inline, none made of text. Styles have to be allowed inline: the library sets them as
 * attributes and makes them as it runs, so that neither hashes nor a nonce would do.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const docsServed: ServedDocument = {
  contentType: 'text/html; charset=utf-8',
  body: generated('docs.html'),
  headers: { 'content-security-policy': policy, 'referrer-policy': 'no-referrer' },
}

/** A third of its size: every browser takes it so, and nothing else asks for it (RFC 9110 §12.5.3). */
export const docsLibraryServed: ServedDocument = {
  contentType: 'text/javascript; charset=utf-8',
  body: generated('docs.js.gz'),
  headers: { 'content-encoding': 'gzip' },
}
