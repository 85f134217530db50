// Puts a result where it is kept: JSON to compare, a page to read.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pageOf } from './page.js'
import type { Result } from './result.js'

/** Answers the paths of both. */
export const writeResult = (folder: string, result: Result): string[] => {
  mkdirSync(folder, { recursive: true })
  const name = `${result.scope}-${result.startedUtc.replace(/[:.]/g, '-')}`
  const json = join(folder, `${name}.json`)
  const page = join(folder, `${name}.html`)
  writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`)
  writeFileSync(page, pageOf(result))
  return [json, page]
}
