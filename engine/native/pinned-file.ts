// Native code of an npm package. It is loaded only when its SHA-256 is the pinned one, and nothing else of the package
// is: no script of it runs.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

const readIfThere = (path: string): Buffer | null => {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}

/** The folder of an installed package, without running any of it; null when it is not there. */
export const packageFolder = (name: string): string | null => {
  for (const folder of require.resolve.paths(name) ?? []) {
    const manifest = join(folder, name, 'package.json')
    if (readIfThere(manifest)) return dirname(manifest)
  }
  return null
}

/**
 * `path` after its hash (SHA-256, hex) is checked; null when there is no file or no pin for it.
 * @throws Error when it is another file
 */
export const pinnedFile = (
  owner: string,
  path: string,
  pinned: string | undefined,
): string | null => {
  const bytes = pinned === undefined ? null : readIfThere(path)
  if (bytes === null) return null
  if (createHash('sha256').update(bytes).digest('hex') !== pinned)
    throw new Error(`${owner}: ${basename(path)} is not the pinned file`)
  return path
}

/** What it exports; null when the system cannot load it. Each thread opens it for itself. */
export const openNative = <Exports>(path: string): Partial<Exports> | null => {
  const holder: { exports: Partial<Exports> } = { exports: {} }
  try {
    process.dlopen(holder, path)
    return holder.exports
  } catch {
    return null
  }
}
