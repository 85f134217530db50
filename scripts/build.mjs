// Turns the sources into dist/: generated code first, then TypeScript to JavaScript, file by file, unbundled. A part of
// which nothing changed since its last build is left alone. Files are replaced whole, so that an engine that starts
// while another one builds never reads half a file.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(import.meta.url)
const root = dirname(dirname(here))
const parts = [
  { from: 'engine', to: 'dist/engine', declared: false },
  { from: 'sdk/src', to: 'sdk/dist', declared: true },
]
// What the tests import stands beside them as it does in the sources.
const testParts = ['engine', 'sdk/src', 'test'].map((from) => ({
  from,
  to: `dist/tests/${from}`,
  declared: false,
}))
const stampOf = ({ to }) => join(root, to, '.stamp')

const filesIn = (folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    : []

const isSource = (file) => file.endsWith('.ts') && !file.endsWith('.d.ts')
const isAsset = (file) => /\.(sql|json|html|css)$/.test(file)

// Names, times and sizes: a deleted source must not live on in dist/, a restored older one must be built again.
const fingerprint = (files) =>
  [here, ...files]
    .map((file) => [file, statSync(file, { throwIfNoEntry: false })])
    .map(([file, stat]) => `${file} ${stat?.mtimeMs} ${stat?.size}`)
    .join('\n')

const replace = (file, content) => {
  mkdirSync(dirname(file), { recursive: true })
  const partial = `${file}.${process.pid}`
  writeFileSync(partial, content)
  renameSync(partial, file)
}

// What ends in a number is another build's, at work right now.
const removeOrphans = (folder, kept) => {
  for (const file of filesIn(folder))
    if (!kept.has(file) && !/\.\d+$/.test(file)) rmSync(file, { force: true })
}

const outputOf = ({ from, to }, file) => join(root, to, file.slice(join(root, from).length))

const buildPart = async ({ from, to, declared }, files) => {
  // Loaded here: a start that has nothing to build does not pay for it.
  const { build } = await import('esbuild')
  const result = await build({
    entryPoints: files.filter(isSource),
    absWorkingDir: root,
    outbase: join(root, from),
    outdir: join(root, to),
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    write: false,
    logLevel: 'warning',
  })
  const outputs = result.outputFiles.map(({ path, contents }) => [path, contents])
  const assets = files
    .filter((file) => isAsset(file) || (declared && file.endsWith('.d.ts')))
    .map((file) => [outputOf({ from, to }, file), readFileSync(file)])
  const made = [...outputs, ...assets]
  for (const [path, content] of made) replace(path, content)
  // Declarations are the generator's (scripts/generate/declarations.mjs).
  const declarations = declared
    ? files.filter(isSource).map((file) => outputOf({ from, to }, file).replace(/ts$/, 'd.ts'))
    : []
  removeOrphans(to, new Set([...made.map(([path]) => path), ...declarations]))
}

const generate = (flags) => {
  const script = join(root, 'scripts', 'generate.mjs')
  if (!existsSync(script)) return
  const { status } = spawnSync(process.execPath, [script, '--if-stale', ...flags], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) throw new Error('scripts/generate.mjs failed')
}

const wanted = ({ runtime, tests }) => {
  if (runtime) return parts.slice(0, 1)
  return tests ? [...parts, ...testParts] : parts
}

/**
 * Brings dist/ up to date; says whether there was anything to do. `runtime`: only what a running engine needs; `tests`:
 * the tests too.
 */
export const build = async ({ runtime = false, tests = false } = {}) => {
  generate(runtime ? ['--runtime'] : [])
  let changed = false
  for (const part of wanted({ runtime, tests })) {
    const files = filesIn(part.from)
    const [stamp, now] = [stampOf(part), fingerprint(files)]
    if (!files.some(isSource) || (existsSync(stamp) && readFileSync(stamp, 'utf8') === now))
      continue
    await buildPart(part, files)
    replace(stamp, now)
    changed = true
  }
  return changed
}

if (process.argv[1] === here) await build({ runtime: process.argv.includes('--runtime') })
