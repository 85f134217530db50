// libsodium's native file: pinned for both platforms, loaded by several threads of one process, also one after another.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { packageFolder } from '../../../engine/native/pinned-file.js'
import { loadSodium, sodiumFile } from '../../../engine/native/sodium.js'

const folder = packageFolder('sodium-native')!
const fileOf = (root: string, platform: string): string =>
  join(root, 'prebuilds', platform, 'sodium-native.node')

t.test('the installed files are the pinned ones', async (t) => {
  for (const platform of ['linux-x64', 'linux-arm64'])
    t.equal(sodiumFile(folder, platform), fileOf(folder, platform))
})

t.test("another platform's file, none, a platform without a pin", async (t) => {
  const place = t.testdir({})
  t.equal(sodiumFile(place, 'linux-x64'), null)
  mkdirSync(join(place, 'prebuilds', 'linux-x64'), { recursive: true })
  copyFileSync(fileOf(folder, 'linux-arm64'), fileOf(place, 'linux-x64'))
  t.throws(() => sodiumFile(place, 'linux-x64'), /is not the pinned file/)
  t.equal(sodiumFile(folder, 'darwin-arm64'), null)
  t.equal(sodiumFile(null), null)
})

t.test('it loads, once a thread', async (t) => {
  t.equal(loadSodium(), loadSodium())
  t.match(Function.prototype.toString.call(loadSodium()!.randombytes_buf), /\[native code\]/)
})

/** Holds memory of libsodium's when it ends, read-only, as a thread that dies does. */
const program = `
  import('node:worker_threads').then(async ({ parentPort, workerData }) => {
    const { loadSodium } = await import(workerData)
    const sodium = loadSodium()
    const kept = Array.from({ length: 20 }, () => sodium.sodium_malloc(224))
    for (const memory of kept) sodium.sodium_mprotect_readonly(memory)
    parentPort.postMessage(kept.length)
    setInterval(() => kept, 1000)
  })`
const url = new URL('../../../engine/native/sodium.js', import.meta.url).href

const maps = (): number => readFileSync('/proc/self/maps', 'utf8').split('\n').length

const lived = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(program, { eval: true, workerData: url })
    worker.once('error', reject)
    worker.once('message', (count: number) => {
      worker.once('exit', () => resolve(count))
      void worker.terminate()
    })
  })

t.test('threads come and go with it, and what they held goes with them', async (t) => {
  const before = maps()
  for (let round = 0; round < 5; round++)
    t.same(await Promise.all([lived(), lived(), lived()]), [20, 20, 20])
  // Each piece takes 4: 1,200 had any been left.
  t.ok(maps() - before < 400, `${maps() - before} maps more than before`)
  const bytes = Buffer.alloc(32)
  loadSodium()!.randombytes_buf(bytes.buffer as ArrayBuffer, 0, 32)
  t.notSame(bytes, Buffer.alloc(32), 'and it still works here')
})
