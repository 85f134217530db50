// libsodium is asked for no more pieces than the budget has; keyrings beyond it work in plain buffers.
import t from 'tap'
import { KeyMemoryBudget } from '../../../../engine/worker/keys/key-memory-budget.js'
import { recordingSodium } from './recording-sodium.js'

t.test('over the budget, and without libsodium, memory is plain', async (t) => {
  const { sodium, calls } = recordingSodium()
  const budget = new KeyMemoryBudget(2, sodium)
  const held = [budget.allocate(1), budget.allocate(1), budget.allocate(1)]
  t.equal(budget.taken, 2)
  t.same(calls, ['malloc 32', 'malloc 32'])
  t.same(
    held.map((memory) => memory.take().length),
    [32, 32, 32],
  )
  const none = new KeyMemoryBudget(2, null)
  none.allocate(1)
  t.equal(none.taken, 0)
})

t.test('a place is free again when the maps are gone', async (t) => {
  const { sodium } = recordingSodium()
  const budget = new KeyMemoryBudget(1, sodium)
  budget.allocate(1).wipe()
  t.equal(budget.taken, 1)
  await new Promise(setImmediate)
  t.equal(budget.taken, 0)
})

t.test('a keyring without a sealing key takes none', async (t) => {
  const budget = new KeyMemoryBudget(1)
  budget.allocate(0).wipe()
  t.equal(budget.taken, 0)
})

t.test('opened and closed ten thousand times it never runs out of maps', async (t) => {
  const budget = new KeyMemoryBudget(1_000)
  for (let i = 0; i < 10_000; i++) budget.allocate(6).wipe()
  t.equal(budget.taken, 1_000)
  await new Promise(setImmediate)
  t.equal(budget.taken, 0)
})
