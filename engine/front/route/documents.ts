// What the front shows of the contract itself: /openapi.json and the page at /docs. The page is made at build time,
// runs no script and loads nothing from elsewhere.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../root.js'
import { contractText } from '../../task/contract.js'

export interface ServedDocument {
  readonly contentType: string
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

export const contractDocumentServed: ServedDocument = {
  contentType: 'application/json',
  body: Buffer.from(contractText),
  headers: {},
}

const styleOf = (html: string): string => /<style>([^]*?)<\/style>/.exec(html)?.[1] ?? ''

/** Nothing but the page's own style, named by its hash. */
const policyOf = (html: string): string => {
  const digest = createHash('sha256').update(styleOf(html)).digest('base64')
  return [
    "default-src 'none'",
    `style-src 'sha256-${digest}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

const html = readFileSync(join(packageRoot, 'generated/docs.html'), 'utf8')

export const docsServed: ServedDocument = {
  contentType: 'text/html; charset=utf-8',
  body: Buffer.from(html),
  headers: {
    'content-security-policy': policyOf(html),
    'referrer-policy': 'no-referrer',
  },
}
