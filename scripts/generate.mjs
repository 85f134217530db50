// Makes generated/ from openapi/: contract.json (bundled document), contract.d.ts (types), docs.html (the page at /docs).
// Refuses a contract that does not lint. Writes each file whole (temporary file, then rename): two may run at once.
//
//   node scripts/generate.mjs [--if-stale] [--openapi <folder>] [--out <folder>]
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const scripts = fileURLToPath(new URL('.', import.meta.url))
const outputs = ['contract.json', 'contract.d.ts', 'docs.html']

const { values: options } = parseArgs({
  options: {
    'if-stale': { type: 'boolean', default: false },
    openapi: { type: 'string', default: join(scripts, '../openapi') },
    out: { type: 'string', default: join(scripts, '../generated') },
  },
})

const filesBelow = (folder) => [folder, ...readdirSync(folder).map((name) => join(folder, name))]

const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

const isFresh = () => {
  const inputs = [join(scripts, 'generate.mjs'), ...filesBelow(join(scripts, 'generate'))]
  const newest = Math.max(...[...inputs, ...filesBelow(options.openapi)].map(changed))
  return newest < Math.min(...outputs.map((name) => changed(join(options.out, name))))
}

const write = (name, text) => {
  const temporary = join(options.out, `.${name}.${process.pid}`)
  writeFileSync(temporary, text)
  renameSync(temporary, join(options.out, name))
}

const generate = async () => {
  // Imported late: a fresh tree must not pay for them.
  const [{ bundle }, { lint }, { typesOf }, { page }] = await Promise.all([
    import('./generate/bundle.mjs'),
    import('./generate/lint.mjs'),
    import('./generate/types.mjs'),
    import('./generate/page.mjs'),
  ])
  const contract = bundle(resolve(options.openapi))
  const faults = lint(contract)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  mkdirSync(options.out, { recursive: true })
  write('contract.json', JSON.stringify(contract))
  write('docs.html', page(contract))
  write('contract.d.ts', await typesOf(contract))
}

if (!(options['if-stale'] && isFresh())) {
  try {
    await generate()
  } catch (error) {
    console.error(`generate: ${error.message}`)
    process.exitCode = 1
  }
}
