import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { purposes } from '../../../../engine/worker/cipher/registry.js'
import { generateCek } from '../../../../engine/worker/keys/keyring.js'
import type { WrappedKeyRow } from '../../../../engine/worker/store/store.js'
import { clock, freshTenant, open, type TenantKeys } from './fixture.js'

const id = newId()
const next = (
  { tenant, kek, kekKeyId }: TenantKeys,
  purpose: 'secrets' | 'index' | 'audit' | 'credentials',
) => generateCek(tenant, { key: kek.key, keyId: kekKeyId }, purpose, 2, clock)
const retire = (rows: readonly WrappedKeyRow[], purpose: number): WrappedKeyRow[] =>
  rows.map((row) => (row.purpose === purpose ? { ...row, retiredTime: 1 } : row))

t.test('the newest version writes, all read', async (t) => {
  const tenant = freshTenant()
  const before = open(tenant)
  const old = before.seal('vault_entry.secret', id, 1, { v: '1' })
  for (const rows of [
    [...tenant.rows, next(tenant, 'secrets')],
    [next(tenant, 'secrets'), ...tenant.rows],
  ]) {
    const after = open({ ...tenant, rows })
    const fresh = after.seal('vault_entry.secret', id, 1, { v: '2' })
    t.equal(fresh.readUInt32BE(4), 2)
    t.same(after.open('vault_entry.secret', id, 1, old), { v: '1' })
    t.same(after.open('vault_entry.secret', id, 1, fresh), { v: '2' })
    t.throws(() => before.open('vault_entry.secret', id, 1, fresh), IntegrityError)
  }
})

t.test('while the index key rotates both versions are given, the present first', async (t) => {
  const tenant = freshTenant()
  const [old] = open(tenant).index('entryFolder', ['/prod'])
  const rows = [...tenant.rows, next(tenant, 'index')]
  const values = open({ ...tenant, rows }).index('entryFolder', ['/prod'])
  t.same(
    values.map(({ indexVersion }) => indexVersion),
    [2, 1],
  )
  t.same(values[1], old)
  t.notSame(values[0]?.value, old?.value)
  const done = [...retire(tenant.rows, purposes.index), rows.at(-1) as WrappedKeyRow]
  t.same(open({ ...tenant, rows: done }).index('entryFolder', ['/prod']), values.slice(0, 1))
})

t.test('verifiers of an older key still verify', async (t) => {
  const tenant = freshTenant()
  const secret = Buffer.alloc(32, 1)
  const old = open(tenant).verifier('refresh', id, secret)
  const after = open({ ...tenant, rows: [...tenant.rows, next(tenant, 'credentials')] })
  t.notSame(after.verifier('refresh', id, secret), old)
  t.ok(after.verify('refresh', id, secret, old))
})

t.test('an audit MAC can be made again by version or by key id', async (t) => {
  const tenant = freshTenant()
  const digest = Buffer.alloc(32, 1)
  const old = open(tenant).auditMac(digest)
  const after = open({ ...tenant, rows: [...tenant.rows, next(tenant, 'audit')] })
  t.same(after.auditMac(digest, 1), old)
  t.same(after.auditMac(digest, old.keyId), old)
  t.notSame(after.auditMac(digest), old)
  t.same(after.auditMac(digest).keyId, after.auditMacKeyId())
  t.throws(() => after.auditMac(digest, 3), IntegrityError)
  t.throws(() => after.auditMac(digest, Buffer.alloc(8)), IntegrityError)
})

t.test('a purpose without a key, or with one version twice, does not open', async (t) => {
  const tenant = freshTenant()
  t.throws(() => open({ ...tenant, rows: [] }), IntegrityError)
  for (const row of tenant.rows) {
    t.throws(
      () => open({ ...tenant, rows: tenant.rows.filter((each) => each !== row) }),
      IntegrityError,
    )
    t.throws(() => open({ ...tenant, rows: [...tenant.rows, row] }), IntegrityError)
  }
})

t.test('a row that says other than its wrapped key does not open', async (t) => {
  const tenant = freshTenant()
  const [first, second, ...rest] = tenant.rows as [WrappedKeyRow, WrappedKeyRow]
  const broken: WrappedKeyRow[][] = [
    [{ ...first, version: 2 }, second, ...rest],
    [{ ...first, layers: 2 }, second, ...rest],
    [{ ...first, purpose: 8 }, second, ...rest],
    [{ ...first, commit: second.commit }, second, ...rest],
    [{ ...first, wrapped: second.wrapped }, second, ...rest],
    [{ ...first, purpose: second.purpose }, { ...second, purpose: first.purpose }, ...rest],
    [{ ...first, wrapped: first.wrapped.subarray(1) }, second, ...rest],
    [{ ...first, wrapped: Buffer.alloc(0) }, second, ...rest],
  ]
  for (const rows of broken) t.throws(() => open({ ...tenant, rows }), IntegrityError)
})
