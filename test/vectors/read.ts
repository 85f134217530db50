// Frozen vectors: made once, read for ever. A change of a format needs a new version byte, never an edit here.
import { readFileSync } from 'node:fs'

export const readVectors = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8')) as T

export const hex = (text: string): Buffer => Buffer.from(text, 'hex')
