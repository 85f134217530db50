// The database administrator of an embedded server: whoever may read and change everything that is stored.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tenantNamesOf } from '../../engine/worker/store/postgres/tenant-names.js'
import { targetFromUrl } from '../../engine/worker/store/postgres/target.js'
import { type Query, queryAs } from './database.js'
import type { EngineAddress } from './engine.js'

/** The superuser's address, of <data>/database.json. */
export const administrativeServer = ({ dataDir }: EngineAddress): { readonly url: string } =>
  JSON.parse(readFileSync(join(dataDir, 'database.json'), 'utf8')) as { url: string }

/** Statements in `database` as the superuser. */
export const administratorOf = (engine: EngineAddress, database: string): Query =>
  queryAs({ ...targetFromUrl(administrativeServer(engine).url), database })

/** Statements in a tenant's database as the superuser. */
export const administratorOfTenant = (engine: EngineAddress, shortCode: string): Query =>
  administratorOf(engine, tenantNamesOf(shortCode).databaseName)
