// One piece of libsodium's memory a keyring, for all its sealing subkeys, filled before anything is sealed or opened and
// read-only from then on; freed when the keyring is closed and its last lease is gone.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { suiteIds } from '../../../../engine/worker/cipher/suites.js'
import { KeyMemoryBudget } from '../../../../engine/worker/keys/key-memory-budget.js'
import { recordingSodium } from './recording-sodium.js'
import { clock, freshTenant, frozen, frozenTenant, open } from './fixture.js'
import { generateCek } from '../../../../engine/worker/keys/keyring.js'

const sealing = 6
const id = newId()

t.test('one piece for all, whichever suite seals', async (t) => {
  for (const suite of Object.values(suiteIds)) {
    const { sodium, calls } = recordingSodium()
    const keys = open(freshTenant(), { suite, memory: new KeyMemoryBudget(4, sodium) })
    t.same(calls, [`malloc ${sealing * 32}`, 'readonly 1'])
    const record = keys.seal('vault_entry.secret', id, 1, { a: 'b' })
    t.same(keys.open('vault_entry.secret', id, 1, record), { a: 'b' })
    t.equal(calls.length, 2, 'nothing more for what it seals and opens')
  }
})

t.test('older versions of keys are in it too', async (t) => {
  const { sodium, calls } = recordingSodium()
  const tenant = freshTenant()
  const { kek, kekKeyId } = tenant
  const rows = [
    ...tenant.rows,
    generateCek(tenant.tenant, { key: kek.key, keyId: kekKeyId }, 'vault', 2, clock),
  ]
  open({ ...tenant, rows }, { memory: new KeyMemoryBudget(4, sodium) })
  t.equal(calls[0], `malloc ${(sealing + 1) * 32}`)
})

t.test('freed with the last lease, and once', async (t) => {
  const { sodium, calls } = recordingSodium()
  const keys = open(freshTenant(), { memory: new KeyMemoryBudget(4, sodium) })
  const lease = keys.lease()
  keys.close()
  t.equal(calls.length, 2)
  lease.release()
  keys.close()
  t.same(calls.slice(2), ['readwrite 1', 'free 1, zeroed'])
})

t.test('freed when a row does not open', async (t) => {
  const { sodium, calls } = recordingSodium()
  const tenant = freshTenant()
  const budget = new KeyMemoryBudget(4, sodium)
  t.throws(() => open({ ...tenant, rows: freshTenant().rows }, { memory: budget }))
  t.throws(() => open({ ...tenant, rows: tenant.rows.slice(1) }, { memory: budget }))
  t.same(
    calls.filter((call) => call.startsWith('free')),
    ['free 1, zeroed', 'free 2, zeroed'],
  )
})

t.test('in plain memory it opens and seals the same', async (t) => {
  for (const memory of [new KeyMemoryBudget(0), new KeyMemoryBudget(8, null)]) {
    const keys = open(frozenTenant(), { memory })
    for (const { field, recordId, recordVersion, value, record } of frozen.records)
      t.same(keys.open(field, recordId, recordVersion, Buffer.from(record, 'hex')), value, field)
    keys.close()
  }
})

t.test('what is opened is written nowhere but into its JSON', async (t) => {
  const keys = open(freshTenant())
  const value = { password: 'correct horse battery staple' }
  const record = keys.seal('vault_entry.secret', id, 1, value)
  t.same(keys.open('vault_entry.secret', id, 1, record), value)
  t.notOk(Buffer.from(Buffer.allocUnsafe(1).buffer).includes('correct horse'), "Node's pool")
})
