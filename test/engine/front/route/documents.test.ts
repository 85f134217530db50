// /docs needs nothing from elsewhere and says so; /openapi.json is the document itself.
import { createHash } from 'node:crypto'
import t from 'tap'
import { contractDocumentServed, docsServed } from '../../../../engine/front/route/documents.js'
import { operations } from '../../../../engine/task/contract.js'

const html = docsServed.body.toString()

t.test('the document is OpenAPI 3.1 with full paths', async (t) => {
  const document = JSON.parse(contractDocumentServed.body.toString())
  t.match(document.openapi, /^3\.1\./)
  t.strictSame(document.servers, [{ url: '/' }])
  t.ok(document.paths['/api/v1/vault/entries/{entryId}/secret'].get)
})

t.test('the page loads nothing and runs nothing', async (t) => {
  t.notMatch(html, /<(script|link|img|iframe|object|form|base)\b/i)
  t.notMatch(html, /\s(src|style|on\w+)=/i)
  t.notMatch(html, /@import|url\(/i)
  for (const [, target] of html.matchAll(/href="([^"]*)"/g))
    t.match(target ?? '', /^(#|\/openapi\.json$)/)
})

t.test('its policy allows its own style by hash and nothing else', async (t) => {
  const style = /<style>([^]*?)<\/style>/.exec(html)?.[1] ?? ''
  const digest = createHash('sha256').update(style).digest('base64')
  const policy = docsServed.headers['content-security-policy'] ?? ''
  t.match(policy, `style-src 'sha256-${digest}'`)
  t.match(policy, "default-src 'none'")
  t.notMatch(policy, /unsafe|\*|http/)
})

t.test('every operation has its section, and every link inside leads somewhere', async (t) => {
  for (const operationId of operations.keys())
    t.ok(html.includes(`id="${operationId}"`), operationId)
  for (const [, target] of html.matchAll(/href="#([^"]*)"/g))
    t.ok(html.includes(`id="${target}"`), `#${target}`)
})
