// What is said at the start of the memory that keys lie in, and when nothing is.
import t from 'tap'
import { loadSodium, type Sodium } from '../../../engine/native/sodium.js'
import { keyMemoryRemarks } from '../../../engine/preflight/memory.js'

const config = (openTenants: number) =>
  ({ limits: { openTenants } }) as Parameters<typeof keyMemoryRemarks>[0]

interface Tried {
  readonly sodium: Sodium
  readonly locked: number[]
  readonly unlocked: number[]
}

/** Locks up to so many bytes. */
const lockingUpTo = (most: number): Tried => {
  const [locked, unlocked]: [number[], number[]] = [[], []]
  const sodium: Sodium = {
    ...loadSodium()!,
    sodium_mlock: ({ length }) => {
      locked.push(length)
      return length <= most ? 0 : -1
    },
    sodium_munlock: ({ length }) => {
      unlocked.push(length)
      return 0
    },
  }
  return { sodium, locked, unlocked }
}

t.test('a page is tried for each tenant that may be open, and given back', async (t) => {
  const { sodium, locked, unlocked } = lockingUpTo(2 ** 30)
  t.same(keyMemoryRemarks(config(256), 1, sodium, 1_000), [])
  t.same(keyMemoryRemarks(config(256), 3, sodium, 1_000), [])
  t.same(locked, [256 * 4096, 3 * 256 * 4096])
  t.same(unlocked, locked)
})

t.test('too little is one line, which names the setting of the unit', async (t) => {
  const { sodium, unlocked } = lockingUpTo(64 * 1024)
  t.same(keyMemoryRemarks(config(256), 1, sodium, 1_000), [
    'keys may be swapped out: 256 pages cannot be locked for limits.openTenants; set LimitMEMLOCK (ulimit -l) to 2048 KiB',
  ])
  t.same(unlocked, [])
})

t.test('more tenants than there are memory maps for', async (t) => {
  const { sodium, locked } = lockingUpTo(2 ** 30)
  t.match(keyMemoryRemarks(config(2 ** 31), 1, sodium, 500), [/more than 500 .*vm\.max_map_count/])
  t.same(locked, [500 * 4096])
})

t.test('without libsodium one line says what serves, and nothing else', async (t) => {
  t.match(keyMemoryRemarks(config(256), 1, null), [/libsodium does not load here.*@noble\/ciphers/])
})

t.test('here a page can be locked', async (t) => {
  t.same(keyMemoryRemarks(config(1), 1), [])
})
