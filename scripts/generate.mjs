// Makes generated/ from openapi/: contract.json (bundled document), contract.d.ts (types), docs.html and docs.js.gz (the
// page at /docs); and of the SDK its own copy of the types, the sources that follow from the contract (sdk/src/generated)
// and its declarations (sdk/dist). With --runtime only what a running engine reads. Refuses a contract that does not lint.
// Writes each file whole (temporary file, then rename): two may run at once.
//
//   node scripts/generate.mjs [--if-stale] [--runtime] [--openapi <folder>] [--out <folder> [--sdk <folder>]]
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { declare, staleDeclarations } from './generate/declarations.mjs'
import { sdkFiles } from './generate/sdk-files.mjs'

const scripts = fileURLToPath(new URL('.', import.meta.url))
const { values: options } = parseArgs({
  options: {
    'if-stale': { type: 'boolean', default: false },
    runtime: { type: 'boolean', default: false },
    openapi: { type: 'string', default: join(scripts, '../openapi') },
    out: { type: 'string' },
    sdk: { type: 'string' },
  },
})

// With a folder of its own, as in a test, nothing of this tree is touched.
const out = options.out ?? join(scripts, '../generated')
const sdk = options.sdk ?? (options.out ? undefined : join(scripts, '../sdk/src/generated'))

const outputs = {
  document: join(out, 'contract.json'),
  page: join(out, 'docs.html'),
  library: join(out, 'docs.js.gz'),
  types: options.runtime
    ? []
    : [out, sdk].filter(Boolean).map((folder) => join(folder, 'contract.d.ts')),
  sdk: options.runtime || !sdk ? [] : sdkFiles.map((name) => join(sdk, name)),
}

const filesBelow = (folder) => [
  folder,
  ...readdirSync(folder, { recursive: true }).map((name) => join(folder, name)),
]

const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

const isFresh = () => {
  const inputs = [join(scripts, 'generate.mjs'), ...filesBelow(join(scripts, 'generate'))]
  const newest = Math.max(...[...inputs, ...filesBelow(options.openapi)].map(changed))
  return newest < Math.min(...Object.values(outputs).flat().map(changed))
}

const write = (path, text) => {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`)
  writeFileSync(temporary, text)
  renameSync(temporary, path)
}

const generate = async () => {
  // Imported late: a fresh tree must not pay for them.
  const [{ readContract }, { page, librarySource }] = await Promise.all([
    import('./generate/read-contract.mjs'),
    import('./generate/page.mjs'),
  ])
  const contract = readContract(resolve(options.openapi))
  write(outputs.document, JSON.stringify(contract))
  write(outputs.page, page(contract))
  write(outputs.library, librarySource())
  if (outputs.types.length > 0) await generateTypes(contract)
  if (outputs.sdk.length > 0) await generateSdk(contract)
}

const generateTypes = async (contract) => {
  const { typesOf } = await import('./generate/types.mjs')
  const types = await typesOf(contract)
  for (const path of outputs.types) write(path, types)
}

const generateSdk = async (contract) => {
  const { sdkSources } = await import('./generate/sdk.mjs')
  for (const [name, text] of sdkSources(contract)) write(join(sdk, name), text)
}

/** Of the generated sources too: asked for when they are there. */
const staleOnes = () =>
  options.out || options.runtime
    ? []
    : staleDeclarations(join(scripts, '../sdk/src'), join(scripts, '../sdk/dist'))

try {
  if (!(options['if-stale'] && isFresh())) await generate()
  const stale = staleOnes()
  if (stale.length > 0) await declare(stale)
} catch (error) {
  console.error(`generate: ${error.message}`)
  process.exitCode = 1
}
