// `npm run bench`: builds the engine and the bench, then becomes the bench, in this same process, so that signals
// reach it. Files are replaced whole: another run may be starting its processes from them right now.
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as bundle } from 'esbuild'
import { build } from './build.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const sources = join(root, 'bench')

const buildBench = async () => {
  const { outputFiles } = await bundle({
    entryPoints: readdirSync(sources, { recursive: true })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => join(sources, name)),
    absWorkingDir: root,
    outbase: sources,
    // Beside the engine's single files: what is measured by itself is imported from there.
    outdir: join(root, 'dist', 'tests', 'bench'),
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    write: false,
    logLevel: 'warning',
  })
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.${process.pid}`, contents)
    renameSync(`${path}.${process.pid}`, path)
  }
}

await build({ tests: true })
await buildBench()
process.setSourceMapsEnabled(true)
await import('../dist/tests/bench/main.js')
