import { inspect } from 'node:util'
import t from 'tap'
import { KeyWipedError, SecretKey } from '../../../../engine/worker/keys/secret-key.js'

const zeros = Buffer.alloc(32)

t.test('a wiped key throws', async (t) => {
  const key = SecretKey.generate()
  t.notOk(key.wiped)
  key.wipe()
  t.ok(key.wiped)
  t.throws(() => key.lease(), KeyWipedError)
  t.throws(() => key.use((bytes) => bytes), KeyWipedError)
  key.wipe()
  t.ok(key.wiped)
})

t.test('a wipe waits for the last lease, and lets nobody new in', async (t) => {
  const key = SecretKey.generate()
  const [first, second] = [key.lease(), key.lease()]
  const before = Buffer.from(first.bytes)
  key.wipe()
  t.notOk(key.wiped)
  t.throws(() => key.lease(), KeyWipedError)
  t.same(second.bytes, before)
  first.release()
  first.release()
  t.same(second.bytes, before, 'releasing twice counts once')
  second.release()
  t.ok(key.wiped)
  t.same(second.bytes, zeros)
})

t.test('lends bytes for one call, also when it throws', async (t) => {
  const key = SecretKey.generate()
  t.throws(() =>
    key.use(() => {
      throw new Error('work')
    }),
  )
  const bytes = key.use((lent) => lent)
  key.wipe()
  t.same(bytes, zeros)
})

t.test('take moves, adopt keeps, both want 32 bytes of their own', async (t) => {
  const source = Buffer.alloc(32, 7)
  const key = SecretKey.take(source)
  t.same(source, zeros)
  t.same(
    key.use((bytes) => Buffer.from(bytes)),
    Buffer.alloc(32, 7),
  )
  const own = Buffer.alloc(32, 8)
  t.equal(
    SecretKey.adopt(own).use((bytes) => bytes),
    own,
  )
  t.throws(() => SecretKey.adopt(Buffer.alloc(64).subarray(32)), RangeError)
  for (const length of [0, 16, 31, 33]) {
    t.throws(() => SecretKey.adopt(Buffer.alloc(length)), RangeError)
    t.throws(() => SecretKey.take(Buffer.alloc(length)), RangeError)
  }
})

t.test('shows nothing of itself', async (t) => {
  const bytes = Buffer.from('0123456789abcdef0123456789abcdef')
  const key = SecretKey.take(Buffer.from(bytes))
  t.throws(() => JSON.stringify({ key }), TypeError)
  const shown = [inspect({ key }, { depth: 9, showHidden: true }), `${String(key)}`]
  shown.push(JSON.stringify(Object.entries(key)), inspect(structuredClone(key)))
  for (const text of shown) {
    t.notMatch(text, '0123456789abcdef')
    t.notMatch(text, bytes.toString('hex'))
    t.notMatch(text, '30 31 32')
  }
})
