// A tenant's KEKs in the control database: made once, opened for that tenant only, and nothing stays unwrapped when one
// does not open.
import t from 'tap'
import { type TenantId, newId } from '../../../../engine/ids.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { ensureKek, hasKek, kekKeyId, openKeks } from '../../../../engine/worker/control/keks.js'
import { KeyWipedError, type SecretKey } from '../../../../engine/worker/keys/secret-key.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'
import {
  generateCeks,
  keyringOptions,
  openKeyring,
} from '../../../../engine/worker/keys/keyring.js'
import { flipped } from '../../../support/tenant-context.js'
import { clock } from '../keys/fixture.js'
import { freshProvider } from './fixture.js'

const [acme, contoso] = [newId(), newId()] as [TenantId, TenantId]

const setUp = async () => {
  const [provider, store] = [freshProvider(), createMemoryStore()]
  const ensure = (tenant: TenantId) => ensureKek(provider, store, tenant, clock)
  await ensure(acme)
  const rowOf = async (tenant: TenantId) =>
    (await store.children('tenant_kek', tenant, { limit: 9 }))[0]!
  return { provider, store, ensure, rowOf }
}

const hexOf = (key: SecretKey): string => key.use((bytes) => bytes.toString('hex'))

t.test('made once', async (t) => {
  const { provider, store, ensure } = await setUp()
  const [before] = await openKeks(provider, store, acme)
  await ensure(acme)
  const after = await openKeks(provider, store, acme)
  t.equal(after.length, 1)
  t.equal(hexOf(after[0]!.key), hexOf(before!.key))
  t.same([await hasKek(store, acme), await hasKek(store, contoso)], [true, false])
  t.same(await openKeks(provider, store, contoso), [])
})

t.test('each tenant its own', async (t) => {
  const { provider, store, ensure } = await setUp()
  await ensure(contoso)
  const [one] = await openKeks(provider, store, acme)
  const [two] = await openKeks(provider, store, contoso)
  t.not(hexOf(one!.key), hexOf(two!.key))
})

t.test('CEKs made under it open under it', async (t) => {
  const { provider, store } = await setUp()
  const keks = await openKeks(provider, store, acme)
  const [{ version, key }] = keks as [(typeof keks)[number]]
  const rows = generateCeks(acme, key, kekKeyId(acme, version, key), clock)
  const keys = openKeyring(acme, keks, rows, keyringOptions('xaes-256-gcm', 0))
  t.equal(keys.open('setting.doc', acme, 1, keys.seal('setting.doc', acme, 1, 'x')), 'x')
})

t.test("another tenant's, altered, another version, another MEK: does not open", async (t) => {
  const { provider, store, ensure, rowOf } = await setUp()
  await ensure(contoso)
  const [own, theirs] = [await rowOf(acme), await rowOf(contoso)]
  for (const change of [
    { doc: theirs.doc, secret: theirs.secret },
    { doc: theirs.doc },
    { secret: theirs.secret },
    { doc: flipped(own.doc) },
    { secret: null },
    { version: 2 },
  ]) {
    store.tamper('tenant_kek', own.id, () => ({ ...own, ...change }))
    await t.rejects(openKeks(provider, store, acme), IntegrityError)
  }
  store.tamper('tenant_kek', own.id, () => own)
  await t.rejects(openKeks(freshProvider(), store, acme), IntegrityError)
})

t.test('one of several does not open: those that did are wiped', async (t) => {
  const { provider, store, rowOf } = await setUp()
  const row = await rowOf(acme)
  // The newest first: version 1 opens as it is, the copy below it does not.
  const bad = { ...row, id: newId(), version: 0, doc: flipped(row.doc) }
  await store.put([{ op: 'insert', table: 'tenant_kek', row: bad, indexes: [] }])
  const unwrapped: SecretKey[] = []
  const watched = {
    ...provider,
    kind: provider.kind,
    keyIds: provider.keyIds,
    unwrap: async (...args: Parameters<typeof provider.unwrap>) => {
      const key = await provider.unwrap(...args)
      unwrapped.push(key)
      return key
    },
  }
  await t.rejects(openKeks(watched, store, acme), IntegrityError)
  t.equal(unwrapped.length, 1)
  t.throws(() => hexOf(unwrapped[0]!), KeyWipedError)
})

t.test('no key stands in its row', async (t) => {
  const { provider, store, rowOf } = await setUp()
  const [kek] = await openKeks(provider, store, acme)
  const { doc, secret } = await rowOf(acme)
  kek!.key.use((bytes) => t.notOk(Buffer.concat([doc, secret!]).includes(bytes)))
})
