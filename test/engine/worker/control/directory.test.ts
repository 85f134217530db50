// The directory believes no index and no plain column, and counts what the licence counts.
import t from 'tap'
import { newId, nilUuid } from '../../../../engine/ids.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { TenantDirectory } from '../../../../engine/worker/control/directory.js'
import {
  type TenantLifecycle,
  codeIndexes,
  insertTenant,
  tenantStates,
  updateTenant,
} from '../../../../engine/worker/control/tenant-record.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'
import { flipped } from '../../../support/tenant-context.js'
import { installationKeys, recordOf } from './fixture.js'

const keys = installationKeys()

const setUp = async (...records: ReturnType<typeof recordOf>[]) => {
  const store = createMemoryStore()
  await store.put(records.map((record) => insertTenant(keys, record)))
  return { store, directory: new TenantDirectory(store, keys) }
}

t.test('by id', async (t) => {
  const acme = recordOf('Acme')
  const { directory } = await setUp(acme)
  t.same(await directory.get(acme.id), acme)
  t.equal(await directory.find(newId()), null)
  await t.rejects(directory.get(newId()), { code: 'not_found' })
})

t.test('limits, of those that have one and whose row opens', async (t) => {
  const [acme, free, broken] = [
    recordOf('acme', 'active', { maxUsers: 3 }),
    recordOf('free', 'active', { maxUsers: null, maxResources: 7 }),
    recordOf('broken', 'active', { maxUsers: 5 }),
  ]
  const { store, directory } = await setUp(acme, free, broken)
  store.tamper('tenant', broken.id, (row) => ({ ...row, doc: flipped(row.doc) }))
  t.same(await directory.limits('maxUsers'), new Map([[acme.id, 3]]))
  t.same(await directory.limits('maxResources'), new Map([[free.id, 7]]))
})

t.test('by code, in any case; looked up each time, like a code that nobody has', async (t) => {
  const acme = recordOf('Acme')
  const { store, directory } = await setUp(acme)
  for (const code of ['Acme', 'acme', 'ACME']) t.equal(await directory.resolve(code), acme.id)
  t.equal(store.calls.get('find'), 3)
  t.equal(await directory.resolve('contoso'), null)
  t.equal(store.calls.get('find'), 4)
})

t.test('a code that nobody has is not remembered: it may be made', async (t) => {
  const { store, directory } = await setUp()
  t.equal(await directory.resolve('acme'), null)
  const acme = recordOf('acme')
  await store.put([insertTenant(keys, acme)])
  t.equal(await directory.resolve('acme'), acme.id)
})

t.test('what no code can be is asked nowhere', async (t) => {
  const { store, directory } = await setUp()
  for (const code of [
    '',
    'ab',
    'a'.repeat(21),
    'a b c',
    'acmé',
    'acme\u0000',
    "a'--",
    'x'.repeat(1e6),
  ])
    t.equal(await directory.resolve(code), null)
  t.equal(store.calls.get('find'), undefined)
})

t.test("an index moved to another tenant's row leads to nobody", async (t) => {
  const [acme, mallory] = [recordOf('Acme'), recordOf('Mallory')]
  const { store, directory } = await setUp(acme, mallory)
  const rows = await store.read('tenant', [acme.id, mallory.id])
  const move = (id: string, code: string | null) => ({
    op: 'update' as const,
    table: 'tenant' as const,
    row: rows.find((row) => row.id === id)!,
    expectedVersion: 1,
    indexes: code === null ? [] : codeIndexes(keys, code),
  })
  await store.put([move(acme.id, null), move(mallory.id, 'Acme')])
  t.equal(await directory.resolve('acme'), null)
})

t.test('a row that does not open', async (t) => {
  const acme = recordOf('Acme')
  const { store, directory } = await setUp(acme)
  store.tamper('tenant', acme.id, (row) => ({ ...row, secret: flipped(row.secret!) }))
  await t.rejects(directory.get(acme.id), IntegrityError)
  await t.rejects(directory.resolve('acme'), IntegrityError)
  const { tenants, unreadable } = await directory.list(null, { pageSize: 9 })
  t.strictSame([tenants, unreadable], [[], [acme.id]], 'a list goes on without it')
})

t.test('read anew each time: what another node changed is seen', async (t) => {
  const acme = recordOf('Acme')
  const { store, directory } = await setUp(acme)
  await directory.get(acme.id)
  await store.put([updateTenant(keys, acme, { status: 'suspended' }, 9).change])
  t.equal((await directory.get(acme.id)).status, 'suspended')
})

t.test('listed by status, in pages, with the whole count', async (t) => {
  const records = ['one', 'two', 'three'].map((code) => recordOf(code))
  const { directory } = await setUp(...records, recordOf('four', 'failed'))
  const page = await directory.list('active', { page: 2, pageSize: 1 })
  t.equal(page.places, 3)
  t.same(page.tenants, [[...records].sort((a, b) => (a.id < b.id ? -1 : 1))[1]])
  t.equal((await directory.list(null, { pageSize: 9 })).places, 4)
  const walked = await directory.list(null, { after: nilUuid, pageSize: 2 })
  t.strictSame(walked.next, walked.tenants[1]?.id, 'or after an id')
  const rest = await directory.list(null, { after: walked.next!, pageSize: 2 })
  t.strictSame([rest.tenants.length, rest.next], [2, null])
  t.match(await directory.list('suspended', { pageSize: 9 }), { tenants: [], places: 0 })
})

t.test('counted in every status but deprovisioned', async (t) => {
  const statuses = Object.keys(tenantStates) as TenantLifecycle[]
  const { directory } = await setUp(...statuses.map((status) => recordOf(`t-${status}`, status)))
  t.equal(await directory.countLicensed(), statuses.length - 1)
})
