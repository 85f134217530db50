// What can be done so that no key leaves the process's memory, and one line for each thing that cannot: core dumps are
// forbidden, and it is tried whether as many pages as keyrings may be open can be locked. Called before there is any key.
import type { Config } from '../config.js'
import { loadSodium, type Sodium } from '../native/sodium.js'
import { protectedKeyrings } from '../protected-keyrings.js'
import { forbidCoreDumps } from './core-dumps.js'

const pageBytes = 4096
const KiB = 1024

/** One page a keyring. libsodium itself goes on where it cannot lock. */
const canLock = (sodium: Sodium, pages: number): boolean => {
  const tried = Buffer.allocUnsafeSlow(pages * pageBytes)
  const locked = sodium.sodium_mlock(tried) === 0
  if (locked) sodium.sodium_munlock(tried)
  return locked
}

const noSodium =
  'libsodium does not load here (sodium-native wants glibc 2.33 on x64 or arm64): @noble/ciphers seals in its place, slower, and keys lie in memory that may be swapped out'

const cannotLock = (pages: number): string =>
  `keys may be swapped out: ${pages} pages cannot be locked for limits.openTenants; set LimitMEMLOCK (ulimit -l) to ${(2 * pages * pageBytes) / KiB} KiB`

const tooFewMaps = (most: number): string =>
  `keys of more than ${most} open tenants a shard have no memory of their own: raise vm.max_map_count, or lower limits.openTenants`

type Limits = Pick<Config, 'limits'>

/** What of the keys' memory is not as it should be. */
export const keyMemoryRemarks = (
  { limits: { openTenants } }: Limits,
  shards: number,
  sodium: Sodium | null = loadSodium(),
  most: number = protectedKeyrings(shards),
): string[] => {
  if (sodium === null) return [noSodium]
  const pages = Math.min(openTenants, most) * shards
  return [
    ...(canLock(sodium, pages) ? [] : [cannotLock(pages)]),
    ...(openTenants > most ? [tooFewMaps(most)] : []),
  ]
}

/** Lines for whoever starts the engine. */
export const protectMemory = (config: Limits, shards: number): string[] => {
  const dumps = forbidCoreDumps()
  return [...(dumps === null ? [] : [dumps]), ...keyMemoryRemarks(config, shards)]
}
