// The page at /docs: Scalar's API reference, its published build unmodified, served by the engine itself. Scalar asks
// hosts of its own for some of what it offers: all of that is off, and the policy that the page is served with
// (engine/front/route/documents.ts) lets it reach none.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const configuration = {
  telemetry: false,
  withDefaultFonts: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  // Requests are not sent from here: a token has no business in a page that shows documentation.
  hideTestRequestButton: true,
  persistAuth: false,
  customCss: '.scalar-reference-intro-auth { display: none !important }',
  // The contract has samples of its own.
  hiddenClients: true,
  documentDownloadType: 'none',
}

/** The file in the package whose other contents are a plugin for Fastify, which nobody loads. */
export const libraryPath = () =>
  fileURLToPath(new URL('js/standalone.js', import.meta.resolve('@scalar/fastify-api-reference')))

/** What is served at /docs/scalar.js. */
export const librarySource = () => gzipSync(readFileSync(libraryPath()))

const escape = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

/** The page of a contract that has passed lint. */
export const page = ({ info }) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escape(info.title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
</head>
<body>
<noscript>This page needs JavaScript. The same as a document: <a href="/openapi.json">/openapi.json</a></noscript>
<script id="api-reference" type="application/json" data-url="/openapi.json"
  data-configuration="${escape(JSON.stringify(configuration))}"></script>
<script src="/docs/scalar.js"></script>
</body>
</html>
`
