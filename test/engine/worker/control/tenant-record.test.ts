// A tenant's row in the directory: status and routing are believed from the sealed documents alone.
import t from 'tap'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import {
  codeIndexes,
  countingTargetOf,
  directoryOf,
  insertTenant,
  openTenantRow,
  targetOf,
  tenantStates,
  updateTenant,
} from '../../../../engine/worker/control/tenant-record.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'
import { flipped } from '../../../support/tenant-context.js'
import { installationKeys, recordOf } from './fixture.js'

const keys = installationKeys()

const setUp = async () => {
  const store = createMemoryStore()
  const [acme, contoso] = [recordOf('Acme'), recordOf('Contoso', 'suspended')]
  await store.put([insertTenant(keys, acme), insertTenant(keys, contoso)])
  const rowOf = async ({ id }: { id: string }) => (await store.read('tenant', [id]))[0]!
  return { store, acme, contoso, rowOf }
}

t.test('the numbers of states are frozen', async (t) => {
  t.same(tenantStates, {
    provisioning: 0,
    active: 1,
    failed: 2,
    suspended: 3,
    deprovisioning: 4,
    deprovisioned: 5,
  })
})

t.test('written, opened, taken one version on', async (t) => {
  const { store, acme, rowOf } = await setUp()
  t.same(openTenantRow(keys, await rowOf(acme)), acme)
  const next = updateTenant(keys, acme, { status: 'suspended', tokenGeneration: 2 }, 9)
  await store.put([next.change])
  t.same(openTenantRow(keys, await rowOf(acme)), next.tenant)
  t.match(next.tenant, { version: 2, status: 'suspended', shortCode: 'Acme', updatedTime: 9 })
  await t.rejects(store.put([updateTenant(keys, acme, { status: 'active' }, 9).change]), {
    code: 'stale',
  })
})

t.test('a suspended tenant whose plain state says active', async (t) => {
  const { contoso, rowOf } = await setUp()
  const row = await rowOf(contoso)
  t.throws(() => openTenantRow(keys, { ...row, state: tenantStates.active }), {
    code: 'integrity_failure',
  })
})

t.test('documents of another tenant, an older version, or altered', async (t) => {
  const { store, acme, contoso, rowOf } = await setUp()
  const old = await rowOf(acme)
  await store.put([updateTenant(keys, acme, { status: 'suspended' }, 9).change])
  const [now, theirs] = [await rowOf(acme), await rowOf(contoso)]
  for (const change of [
    { secret: theirs.secret },
    { doc: theirs.doc },
    { doc: old.doc, state: old.state },
    { secret: old.secret },
    { secret: null },
    { doc: flipped(now.doc) },
    { doc: now.secret!, secret: now.doc },
  ])
    t.throws(() => openTenantRow(keys, { ...now, ...change }), IntegrityError)
  t.throws(() => openTenantRow(keys, { ...theirs, id: acme.id }), IntegrityError)
})

t.test('a code is taken in any case', async (t) => {
  const { store } = await setUp()
  for (const code of ['acme', 'ACME', 'Acme'])
    await t.rejects(store.put([insertTenant(keys, recordOf(code))]), { code: 'conflict' })
  t.same(codeIndexes(keys, 'ACME'), codeIndexes(keys, 'acme'))
})

t.test('what leaves the broker holds no password', async (t) => {
  const issued = { id: 'x', issuedTime: 1, issuedBy: 'admin', usedTime: null, reissued: false }
  const acme = recordOf('Acme', 'active', { setup: [issued] })
  const text = JSON.stringify(directoryOf(acme))
  for (const secret of ['the runtime password', 'runtime_role', 'owner_role'])
    t.notOk(text.includes(secret), secret)
  t.same(Object.keys(directoryOf(acme).setup[0]!), [
    'id',
    'issuedTime',
    'issuedBy',
    'usedTime',
    'reissued',
  ])
})

t.test('neither names nor the password stand in the row', async (t) => {
  const { acme, rowOf } = await setUp()
  const { doc, secret } = await rowOf(acme)
  for (const text of ['Acme', 'acme', 'runtime', 'it@'])
    t.notOk(Buffer.concat([doc, secret!]).includes(text), text)
})

t.test('logging in: as the runtime role, or as who may only count', async (t) => {
  const server = { host: '10.0.0.1', port: 5432, tls: true }
  const acme = recordOf('Acme')
  t.same(targetOf(acme, server), {
    ...server,
    database: 'rppam_tenant_acme',
    user: 'runtime_role',
    password: 'the runtime password',
  })
  const counting = countingTargetOf(acme, server, 'counting password')
  t.match(counting, { database: 'rppam_tenant_acme', password: 'counting password' })
  t.not(counting.user, 'runtime_role')
})
