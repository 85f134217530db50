// What tests of one folder share, so that each need not start its own. It is for tests that mind nothing but what they
// made themselves: others' tenants (or databases) are there too. Who stops, kills or reconfigures an engine, looks into
// its memory or its output, or counts what the installation has, starts one of its own (engine.ts).
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { type EngineAddress, type ServerAddress, startEngine, startServer } from './engine.js'

/** `wanted` by tests of `folder` (relative to the package). */
export interface Wanted {
  readonly what: 'engine' | 'server'
  readonly folder: string
}

/** Settings of a folder's engine, where the tests need others. */
const settings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Anchored at every event, so that the end of a chain is anchored as soon as anybody asks.
  'test/system/audit': { RPPAM_AUDIT_ANCHOR_EVERY: '1' },
}

export const startShared = (t: Pick<Test, 'teardown'>, { what, folder }: Wanted) =>
  what === 'engine' ? startEngine(t, { env: settings[folder] ?? {} }) : startServer(t)

const folderOf = (file: string): string => /^.*\/(test\/.+)\//.exec(file)?.[1] ?? 'test'

/** From the runner's shared-owner.ts; a file that is run alone has none, and starts its own. */
const share = async (t: Pick<Test, 'teardown'>, what: Wanted['what']): Promise<unknown> => {
  const wanted: Wanted = { what, folder: folderOf(process.argv[1] ?? '') }
  const owner = process.env['TESTS_SHARED']
  if (owner === undefined) return startShared(t, wanted)
  const socket = connect(owner)
  socket.write(`${JSON.stringify(wanted)}\n`)
  const answer = JSON.parse(await text(socket)) as { readonly error?: string }
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer
}

/** The engine of this test's folder, ready to be called. Short codes on it are ownCode()'s. */
export const sharedEngine = (t: Pick<Test, 'teardown'>): Promise<EngineAddress> =>
  share(t, 'engine') as Promise<EngineAddress>

/** The PostgreSQL of this test's folder. Databases and roles on it have names that no other file uses. */
export const sharedServer = (t: Pick<Test, 'teardown'>): Promise<ServerAddress> =>
  share(t, 'server') as Promise<ServerAddress>

/** A short code that nobody else has; `name` has at most 13 characters. */
export const ownCode = (name: string): string => `${name}-${randomBytes(3).toString('hex')}`
