// Turns the sources into dist/: generated code first, then TypeScript to JavaScript. The engine is bundled with its
// libraries, because each of its threads would find and compile some 500 files one by one, which took longer than all
// else a start does; the SDK and what the tests import stay file by file. A part of which nothing changed since its last
// build is left alone. Files are replaced whole, so that an engine that starts while another one builds never reads half
// a file.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(import.meta.url)
const root = dirname(dirname(here))
/** What is loaded by its file's name: process, threads, operations. What they share is in chunks beside main.js. */
const entries = [
  /^engine\/main\.ts$/,
  /^engine\/worker\/thread\/(tenant-main|management-main|slow)\.ts$/,
  /^engine\/worker\/(auth|tenant\/[\w-]+|management\/(?!lifecycle)[\w-]+)\/\w+\.ts$/,
]
const isEntry = (file) => entries.some((entry) => entry.test(relative(root, file)))
/** Loaded from where npm put them: native code, and threads of their own. */
const external = ['@node-rs/argon2', 'piscina', 'uWebSockets.js']

const bundling = {
  bundle: true,
  splitting: true,
  platform: 'node',
  external,
  chunkNames: '[name]-[hash]',
  // Libraries in CommonJS ask for node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
}

const engine = { from: 'engine', to: 'dist/engine', isEntry, options: bundling }
// Its sources are not in its package: the maps hold them.
const client = {
  from: 'sdk/src',
  to: 'sdk/dist',
  declared: true,
  options: { sourcesContent: true },
}
// What the tests import stands beside them as it does in the sources.
const testParts = ['engine', 'sdk/src', 'test'].map((from) => ({
  from,
  to: `dist/tests/${from}`,
}))
// Some 200 files, which each of as many tests would load one by one: where these find it first, as one. Frames below
// @tapjs/ are left out of what a failed test shows.
const tap = {
  from: 'node_modules/tap',
  to: 'dist/tests/node_modules/@tapjs/tap',
  link: 'dist/tests/node_modules/tap',
  isEntry: (file) => file.endsWith('/dist/esm/index.js'),
  options: { ...bundling, external: ['@isaacs/ts-node-temp-fork-for-pr-2009'], sourcemap: false },
}
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
  [here, join(root, 'package-lock.json'), ...files]
    .map((file) => [file, statSync(file, { throwIfNoEntry: false })])
    .map(([file, stat]) => `${file} ${stat?.mtimeMs} ${stat?.size}`)
    .join('\n')

const replace = (file, content) => {
  mkdirSync(dirname(file), { recursive: true })
  const partial = `${file}.${process.pid}`
  writeFileSync(partial, content)
  renameSync(partial, file)
}

const replaceLink = (path, target) => {
  const partial = `${path}.${process.pid}`
  symlinkSync(target, partial)
  renameSync(partial, path)
}

// What ends in a number is another build's, at work right now.
const removeOrphans = (folder, kept) => {
  for (const file of filesIn(folder))
    if (!kept.has(file) && !/\.\d+$/.test(file)) rmSync(file, { force: true })
}

const outputOf = ({ from, to }, file) => join(root, to, file.slice(join(root, from).length))

/** Nothing is left of a source that holds types alone, and nobody loads it. */
const isEmpty = ({ path, text }) =>
  path.endsWith('.map')
    ? JSON.parse(text).sources.length === 0
    : text.startsWith('//# sourceMappingURL=')

const buildPart = async ({ from, to, declared, isEntry = isSource, link, options = {} }, files) => {
  // Loaded here: a start that has nothing to build does not pay for it.
  const { build } = await import('esbuild')
  const result = await build({
    entryPoints: files.filter(isEntry),
    absWorkingDir: root,
    outbase: join(root, from),
    outdir: join(root, to),
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    write: false,
    logLevel: 'warning',
    ...options,
  })
  const outputs = result.outputFiles
    .filter((file) => !(declared && isEmpty(file)))
    .map(({ path, contents }) => [path, contents])
  const assets = files
    .filter((file) => isAsset(file) || (declared && file.endsWith('.d.ts')))
    .map((file) => [outputOf({ from, to }, file), readFileSync(file)])
  const made = [...outputs, ...assets]
  for (const [path, content] of made) replace(path, content)
  if (link) replaceLink(join(root, link), join(root, to))
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

const wanted = ({ runtime, sdk, tests }) => {
  if (runtime) return [engine]
  if (sdk) return [client]
  return tests ? [engine, client, ...testParts, tap] : [engine, client]
}

/**
 * Brings dist/ up to date; says whether there was anything to do. `runtime`: only what a running engine needs; `sdk`:
 * only the SDK; `tests`: the tests too.
 */
export const build = async ({ runtime = false, sdk = false, tests = false } = {}) => {
  generate(runtime ? ['--runtime'] : [])
  let changed = false
  for (const part of wanted({ runtime, sdk, tests })) {
    const files = filesIn(part.from)
    const [stamp, now] = [stampOf(part), fingerprint(files)]
    if (files.length === 0 || (existsSync(stamp) && readFileSync(stamp, 'utf8') === now)) continue
    await buildPart(part, files)
    replace(stamp, now)
    changed = true
  }
  return changed
}

const asked = (flag) => process.argv.includes(flag)
if (process.argv[1] === here) await build({ runtime: asked('--runtime'), sdk: asked('--sdk') })
