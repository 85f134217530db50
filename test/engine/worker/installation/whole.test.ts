// A first start that was killed goes on; an installation that has lost a part is told which, and is not founded anew.
import t from 'tap'
import { type TenantId, installationId, newId } from '../../../../engine/ids.js'
import { ensureKek } from '../../../../engine/worker/control/keks.js'
import { insertSecrets, newSecrets } from '../../../../engine/worker/control/secrets.js'
import { insertTenant } from '../../../../engine/worker/control/tenant-record.js'
import { type User, insertUser } from '../../../../engine/worker/identity/user.js'
import { openInstallationKeys } from '../../../../engine/worker/installation/first-start.js'
import { keyringOptions } from '../../../../engine/worker/keys/keyring.js'
import { requireAdministrator, requireWhole } from '../../../../engine/worker/installation/whole.js'
import {
  type MemoryStore,
  createMemoryStore,
} from '../../../../engine/worker/store/memory/memory-store.js'
import type { Row } from '../../../../engine/worker/store/store.js'
import { flipped, userOf } from '../../../support/tenant-context.js'
import { clock } from '../keys/fixture.js'
import { freshProvider, recordOf } from '../control/fixture.js'

const begun = async () => {
  const [provider, store] = [freshProvider(), createMemoryStore()]
  const keys = await openInstallationKeys(provider, store, clock, keyringOptions('xaes-256-gcm', 0))
  return { provider, store, keys }
}

type Parts = Awaited<ReturnType<typeof begun>>

const administrator = (name = 'admin'): User => userOf(['msp_admin'], name, clock.now())

const founded = async () => {
  const parts = await begun()
  const secrets = insertSecrets(parts.keys, await newSecrets(), clock.now())
  await parts.store.put([secrets, insertUser(parts.keys, administrator())])
  return parts
}

const lacks = (missing: string): RegExp =>
  new RegExp(`^the installation was founded, but the control database lacks ${missing}: restore it`)

const whole = (store: MemoryStore, besideTenants = false) => requireWhole(store, besideTenants)

t.test('nothing yet, a first start killed at any step, an installation: passed', async (t) => {
  await t.resolves(whole(createMemoryStore()))
  const onlyKek = createMemoryStore()
  await ensureKek(freshProvider(), onlyKek, installationId, clock)
  await t.resolves(whole(onlyKek), 'killed after the KEK')
  const { store } = await begun()
  await t.resolves(whole(store), 'killed after the CEKs')
  await store.put([{ op: 'ensure', table: 'audit_chain', row: chainOf(installationId) }])
  await t.resolves(whole(store), 'killed after its chain was registered')
  await t.resolves(whole((await founded()).store, true))
})

const chainOf = (parent: TenantId): Row => ({
  id: newId(),
  parent,
  version: 1,
  state: 0,
  createdTime: 1,
  updatedTime: 1,
  expiresTime: null,
  doc: Buffer.alloc(1),
  secret: null,
})

t.test('without its founding row, and something that only an installation has', async (t) => {
  const other = newId() as TenantId
  const traces = {
    'a tenant': async ({ store, keys }: Parts) => store.put([insertTenant(keys, recordOf('acme'))]),
    "a tenant's KEK": async ({ store, provider }: Parts) =>
      ensureKek(provider, store, other, clock),
    "a tenant's chain": async ({ store }: Parts) =>
      store.put([{ op: 'ensure', table: 'audit_chain', row: chainOf(other) }]),
    'a management user': async ({ store, keys }: Parts) =>
      store.put([insertUser(keys, administrator())]),
  }
  for (const [name, leave] of Object.entries(traces)) {
    const parts = await begun()
    await leave(parts)
    await t.rejects(whole(parts.store), { message: lacks('its founding row') }, name)
  }
  const { store } = await begun()
  await t.rejects(whole(store, true), { message: lacks('its founding row') }, 'beside tenants')
})

t.test('without its keys', async (t) => {
  const { store } = await begun()
  for (const { id } of await store.children('tenant_kek', installationId, { limit: 9 }))
    await store.put([{ op: 'delete', table: 'tenant_kek', id }])
  await t.rejects(whole(store), { message: lacks('its KEK and its founding row') })
  const { store: ready, keys } = await founded()
  const bare = createMemoryStore()
  await bare.put([insertSecrets(keys, await newSecrets(), clock.now())])
  await t.rejects(whole(bare), { message: lacks('its KEK and its CEKs') })
  await t.rejects(whole(createMemoryStore(), true), {
    message: lacks('its KEK and its CEKs and its founding row'),
  })
  await t.resolves(whole(ready))
})

t.test('without a management user that opens', async (t) => {
  const { store, keys } = await founded()
  await t.resolves(requireAdministrator(store, keys))
  const message = lacks('its management users')
  const [row] = await store.list('user_account', {
    state: null,
    offset: 0,
    limit: 9,
    secret: true,
  })
  const altered = { ...row!, doc: flipped(row!.doc) }
  const { version: expectedVersion } = altered
  const change = { op: 'update', table: 'user_account', row: altered, expectedVersion } as const
  await store.put([{ ...change, indexes: undefined }])
  await t.rejects(requireAdministrator(store, keys), { message }, 'altered')
  await store.put([insertUser(keys, administrator('second'))])
  await t.resolves(requireAdministrator(store, keys), 'one that opens is enough')
  const { store: empty, keys: own } = await begun()
  await t.rejects(requireAdministrator(empty, own), { message }, 'none')
})
