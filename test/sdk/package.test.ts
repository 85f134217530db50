// Promise: what npm packs from a tree that was never built is whole, holds nothing twice, and is good for a strict
// program and for a browser.
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import t from 'tap'
import { packageRoot } from '../../engine/root.js'
import { packedSdk } from './support/packed.js'
import { compileStrictly } from './support/strict-program.js'

const { files, program } = packedSdk(t)
const installed = join(program, 'node_modules/@rppam/sdk')
const source = join(program, 'app.ts')
writeFileSync(
  source,
  `import { type AuditAction, type Entry, RpPamError, TenantClient } from '@rppam/sdk'

const client = new TenantClient({ baseUrl: 'http://127.0.0.1:1', credentials: { refreshToken: 'r' }, maxAttempts: 1 })
const actions = new Set<AuditAction>(['vault.secret.read'])
export const names = async (): Promise<string[]> => {
  const entries: Entry[] = await client.vault.list({ tag: 'production' }).toArray()
  for await (const { action } of client.audit.events()) if (actions.has(action)) break
  return entries.map(({ name }) => name)
}
const error: unknown = await names().catch((thrown: unknown) => thrown)
if (error instanceof RpPamError) throw error
console.log(String(error))
`,
)

t.test('what is in it', async (t) => {
  for (const name of ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts'])
    t.ok(files.includes(name), name)
  t.ok(files.includes('dist/generated/tenant.js'))
  t.ok(files.includes('dist/generated/contract.d.ts'))
  t.strictSame(
    files.filter(
      (name) =>
        !/^(LICENSE|README\.md|package\.json|dist\/[\w/-]+\.(js|js\.map|d\.ts))$/.test(name),
    ),
    [],
    'and nothing else',
  )
})

t.test('no file twice', async (t) => {
  const digests = files.map((name) =>
    createHash('sha256')
      .update(readFileSync(join(installed, name)))
      .digest('hex'),
  )
  t.equal(new Set(digests).size, files.length)
})

t.test('the licence is ours', async (t) => {
  const text = (folder: string): string => readFileSync(join(folder, 'LICENSE'), 'utf8')
  t.equal(text(installed), text(packageRoot))
})

t.test('a strict program compiles', async (t) => {
  const compiled = compileStrictly(source, (fileName) => fileName.startsWith(program))
  t.strictSame(compiled.faults, [])
  t.ok(compiled.program.getSourceFile(join(installed, 'dist/index.d.ts')))
})

t.test('it is bundled for a browser, and runs', async (t) => {
  const outfile = join(program, 'app.mjs')
  const { metafile } = await build({
    entryPoints: [source],
    absWorkingDir: program,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    outfile,
    metafile: true,
    logLevel: 'silent',
  })
  t.ok(
    Object.keys(metafile.inputs).every((name) => !name.startsWith('..')),
    'of what is installed',
  )
  t.match(execFileSync(process.execPath, [outfile], { encoding: 'utf8' }), 'NetworkError')
})
