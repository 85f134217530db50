// Turns the sources into dist/: generated code first, then TypeScript to JavaScript, file by file, unbundled. Does
// nothing when nothing changed since the last build. Files are replaced whole, so that an engine that starts while
// another one builds never reads half a file.
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
const stamp = join(root, 'dist', '.stamp')
const parts = [
  { from: 'engine', to: 'dist/engine' },
  { from: 'sdk/src', to: 'sdk/dist' },
]

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

const buildPart = async ({ from, to }, files) => {
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
    .filter(isAsset)
    .map((file) => [join(root, to, file.slice(join(root, from).length)), readFileSync(file)])
  for (const [path, content] of [...outputs, ...assets]) replace(path, content)
  removeOrphans(to, new Set([...outputs, ...assets].map(([path]) => path)))
}

const generate = () => {
  const script = join(root, 'scripts', 'generate.mjs')
  if (!existsSync(script)) return
  const { status } = spawnSync(process.execPath, [script, '--if-stale'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) throw new Error('scripts/generate.mjs failed')
}

/** Brings dist/ up to date; says whether there was anything to do. */
export const build = async () => {
  generate()
  const work = parts.map((part) => ({ part, files: filesIn(part.from) }))
  const now = fingerprint(work.flatMap(({ files }) => files))
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return false
  for (const { part, files } of work) if (files.some(isSource)) await buildPart(part, files)
  replace(stamp, now)
  return true
}

if (process.argv[1] === here) await build()
