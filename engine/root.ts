// Where the package lies: the same for the sources (run by tap) and for dist/ (run by npm start).
import { existsSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const findRoot = (from: string): string =>
  existsSync(join(from, 'package-lock.json')) || existsSync(join(from, 'openapi'))
    ? from
    : findRoot(dirname(from))

/** The package's folder, absolute. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)))

/** The engine's folder: `engine/` or `dist/engine/`, where all code stands that several entries share. */
export const engineRoot = new URL('./', import.meta.url)

/** `.ts` when run from the sources, `.js` when run from dist/: for the file names of worker threads. */
export const moduleExtension = extname(fileURLToPath(import.meta.url))
