// What every memory of sealing subkeys promises.
import t from 'tap'
import { type KeyMemory, slotBytes } from '../../engine/worker/keys/key-memory.js'

export const keyMemoryConformance = (allocate: (keys: number) => KeyMemory): void => {
  t.test('as many keys as it was made for, apart from each other', async (t) => {
    const memory = allocate(3)
    const keys = [memory.take(), memory.take(), memory.take()]
    t.throws(() => memory.take(), RangeError)
    keys.forEach((key, i) => key.fill(i + 1))
    memory.protect()
    keys.forEach((key, i) => t.same(key, Buffer.alloc(slotBytes, i + 1)))
    memory.wipe()
  })

  t.test('nothing can be read once it is wiped, protected or not', async (t) => {
    for (const protect of [true, false]) {
      const memory = allocate(2)
      const key = memory.take().fill(7)
      if (protect) memory.protect()
      memory.wipe()
      t.notOk(key.includes(7))
      memory.wipe()
    }
  })
}
