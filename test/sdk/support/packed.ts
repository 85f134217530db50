// The SDK as npm packs it from a tree that was never built, installed for a program outside this repository. Without
// the registry: its only dependency, and the types of that, are packed from ours.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Test } from 'tap'
import { packageRoot } from '../../../engine/root.js'

export interface Packed {
  /** Paths in the tarball. */
  readonly files: readonly string[]
  /** Where the program is that has installed it. */
  readonly program: string
}

/** An npm of its own: what a surrounding `npm test` says in variables would lead it to our tree. */
const npmIn = (cwd: string, cache: string, args: readonly string[]): string =>
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: cache,
      npm_config_cache: join(cache, 'npm'),
      npm_config_update_notifier: 'false',
    },
  })

const isMade = (path: string): boolean =>
  /\/(dist|generated|node_modules|\.tap)$/.test(path) || basename(path) === '.stamp'

/** What a clone holds, as far as the SDK is made from it; its tools as `npm ci` puts them there. */
const cloneTo = (folder: string): void => {
  for (const name of ['openapi', 'scripts', 'sdk', 'package.json', 'package-lock.json'])
    cpSync(join(packageRoot, name), join(folder, name), {
      recursive: true,
      filter: (path) => !isMade(path),
    })
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'))
}

interface PackedFiles {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

const pack = (folder: string, cache: string, from: readonly string[] = []): PackedFiles[] => {
  const output = npmIn(folder, cache, ['pack', ...from, '--json', '--pack-destination', cache])
  return JSON.parse(output.slice(output.indexOf('['))) as PackedFiles[]
}

const install = (program: string, cache: string, tarballs: readonly string[]): void => {
  mkdirSync(program)
  writeFileSync(join(program, 'package.json'), '{"private":true,"type":"module"}')
  npmIn(program, cache, ['install', ...tarballs.map((name) => join(cache, name))])
}

export const packedSdk = (t: Pick<Test, 'teardown'>): Packed => {
  const folder = mkdtempSync(join(tmpdir(), 'rppam-sdk-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const [clone, cache, program] = ['clone', 'cache', 'program'].map((name) => join(folder, name))
  for (const made of [clone, cache]) mkdirSync(made!)
  cloneTo(clone!)
  const [sdk] = pack(join(clone!, 'sdk'), cache!)
  if (sdk === undefined) throw new Error('npm packed nothing')
  const others = pack(
    packageRoot,
    cache!,
    ['openapi-fetch', 'openapi-typescript-helpers'].map((name) =>
      join(packageRoot, 'node_modules', name),
    ),
  )
  install(
    program!,
    cache!,
    [...others, sdk].map(({ filename }) => filename),
  )
  return { files: sdk.files.map(({ path }) => path), program: program! }
}
