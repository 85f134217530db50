// The database administrator of an embedded server: whoever may read and change everything that is stored.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { targetFromUrl } from '../../engine/worker/store/postgres/target.js'
import { type Query, queryAs } from './database.js'
import type { TestEngine } from './engine.js'

/** Statements in `database` as the superuser of <data>/database.json. */
export const administratorOf = (engine: TestEngine, database: string): Query => {
  const file = readFileSync(join(engine.dataDir, 'database.json'), 'utf8')
  const { url } = JSON.parse(file) as { url: string }
  return queryAs({ ...targetFromUrl(url), database })
}
