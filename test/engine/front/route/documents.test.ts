// /docs needs nothing from elsewhere and says so; /openapi.json is the document itself.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import {
  contractDocumentServed,
  docsLibraryServed,
  docsServed,
} from '../../../../engine/front/route/documents.js'
import { operations } from '../../../../engine/task/contract.js'
import { packageRoot } from '../../../../engine/root.js'

const html = docsServed.body.toString()

t.test('the document is OpenAPI 3.1 with full paths', async (t) => {
  const document = JSON.parse(contractDocumentServed.body.toString())
  t.match(document.openapi, /^3\.1\./)
  t.strictSame(document.servers, [{ url: '/' }])
  t.ok(document.paths['/api/v1/vault/entries/{entryId}/secret'].get)
})

t.test('the page names nothing but what this engine serves', async (t) => {
  for (const [, target = ''] of html.matchAll(/(?:src|href|data-url)="([^"]*)"/g)) {
    const isServed = [...operations.values()].some(({ path }) => path === target)
    t.ok(isServed || target === 'data:,', target)
  }
  t.notMatch(html, /https?:|\/\/|@import|<style|\sstyle=|\son\w+=/i)
})

t.test('no script stands in the page', async (t) => {
  for (const [, attributes = '', content] of html.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)) {
    t.match(attributes, /src="|type="application\/json"/)
    t.equal(content, '')
  }
})

t.test('its policy lets it run scripts from here alone and reach nobody else', async (t) => {
  const policy = docsServed.headers['content-security-policy'] ?? ''
  const rules = new Map(
    policy.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)] as const),
  )
  t.strictSame(rules.get('default-src'), ["'none'"])
  t.strictSame(rules.get('script-src'), ["'self'"])
  t.strictSame(rules.get('connect-src'), ["'self'"])
  t.notMatch(policy, /unsafe-eval|wasm|\*|https?:|blob:/)
})

t.test('what the library would ask other hosts for is off', async (t) => {
  const [, text = ''] = /data-configuration="([^"]*)"/.exec(html) ?? []
  t.match(JSON.parse(text.replaceAll('&quot;', '"')), {
    telemetry: false,
    withDefaultFonts: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    hideClientButton: true,
    hideTestRequestButton: true,
  })
})

t.test('the library is served as it was published', async (t) => {
  const path = 'node_modules/@scalar/fastify-api-reference/dist/js/standalone.js'
  t.equal(docsLibraryServed.headers['content-encoding'], 'gzip')
  t.match(docsLibraryServed.contentType, 'text/javascript')
  t.ok(gunzipSync(docsLibraryServed.body).equals(readFileSync(join(packageRoot, path))))
})
