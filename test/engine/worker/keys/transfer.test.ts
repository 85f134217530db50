import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import t from 'tap'
import { SecretKey } from '../../../../engine/worker/keys/secret-key.js'
import { keyForTransfer, keyFromTransfer } from '../../../../engine/worker/keys/transfer.js'

t.test('a key arrives whole and leaves no copy behind', async (t) => {
  const { port1, port2 } = new MessageChannel()
  const key = SecretKey.generate()
  const memory = keyForTransfer(key)
  port1.postMessage(memory, [memory])
  t.equal(memory.byteLength, 0, 'detached at the sender')
  const arrived = keyFromTransfer((receiveMessageOnPort(port2) as { message: ArrayBuffer }).message)
  t.same(
    arrived.use((bytes) => Buffer.from(bytes)),
    key.use((bytes) => Buffer.from(bytes)),
  )
  port1.close()
})

t.test('wiping the one that arrived wipes the memory that came', async (t) => {
  const memory = keyForTransfer(SecretKey.generate())
  const key = keyFromTransfer(memory)
  t.notSame(Buffer.from(memory), Buffer.alloc(32))
  key.wipe()
  t.same(Buffer.from(memory), Buffer.alloc(32))
})

t.test('refuses a wiped key and memory of another length', async (t) => {
  const key = SecretKey.generate()
  key.wipe()
  t.throws(() => keyForTransfer(key))
  for (const length of [0, 31, 33]) t.throws(() => keyFromTransfer(new ArrayBuffer(length)))
})
