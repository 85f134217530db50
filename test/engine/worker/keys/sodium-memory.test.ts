import { spawnSync } from 'node:child_process'
import t from 'tap'
import { loadSodium } from '../../../../engine/native/sodium.js'
import { SodiumMemory } from '../../../../engine/worker/keys/sodium-memory.js'
import { keyMemoryConformance } from '../../../suites/key-memory.js'
import { recordingSodium } from './recording-sodium.js'

const sodium = loadSodium()!

keyMemoryConformance((keys) => new SodiumMemory(sodium, keys, () => undefined))

t.test(
  'a wipe makes it writable, zeroes it, and frees the buffer that was allocated',
  async (t) => {
    const { sodium: recording, calls } = recordingSodium()
    const memory = new SodiumMemory(recording, 2, () => undefined)
    memory.take().fill(7)
    memory.protect()
    memory.wipe()
    memory.wipe()
    t.same(calls, ['malloc 64', 'readonly 1', 'readwrite 1', 'free 1, zeroed'])
  },
)

t.test('it says that it is freed when its maps are gone, and not before', async (t) => {
  let freed = 0
  const memory = new SodiumMemory(sodium, 1, () => freed++)
  memory.wipe()
  t.equal(freed, 0)
  await new Promise(setImmediate)
  t.equal(freed, 1)
})

const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)

/** What becomes of a process that does this with protected memory. */
const endOf = (deed: string): NodeJS.Signals | null =>
  spawnSync(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { loadSodium } from ${url('../../../../engine/native/sodium.js')}
     import { SodiumMemory } from ${url('../../../../engine/worker/keys/sodium-memory.js')}
     const memory = new SodiumMemory(loadSodium(), 2, () => undefined)
     const key = memory.take().fill(7)
     memory.protect()
     ${deed}`,
  ]).signal

t.test('once protected, a write ends the process, a read does not', async (t) => {
  t.equal(endOf('if (key[0] !== 7) process.kill(process.pid)'), null)
  t.equal(endOf('key[0] = 8'), 'SIGSEGV')
})
