import t from 'tap'
import { installationId, newId, type TenantId } from '../../../../engine/ids.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { generateKek, unwrapKek, wrapKek } from '../../../../engine/worker/keys/keyring.js'
import { openMekText } from '../../../../engine/worker/keys/providers/mek-environment.js'
import type { SecretKey } from '../../../../engine/worker/keys/secret-key.js'
import { hex, readVectors } from '../../../vectors/read.js'
import { frozen } from './fixture.js'

interface Vector {
  readonly lines: string
  readonly tenant: TenantId
  readonly version: number
  readonly commit: string
  readonly wrapped: readonly string[]
}
const vector = readVectors<Vector>('mek-lines')
const provider = openMekText(vector.lines)
const bytesOf = (key: SecretKey): string => key.use((bytes) => bytes.toString('hex'))

t.test('frozen wrapped KEKs open, under the current MEK and an older one', async (t) => {
  for (const wrapped of vector.wrapped) {
    const row = { version: vector.version, wrapped: hex(wrapped), commit: hex(vector.commit) }
    t.equal(bytesOf(await unwrapKek(provider, vector.tenant, row)), frozen.kek.key)
  }
})

t.test('a tenant and the installation get back the KEK that was wrapped', async (t) => {
  for (const tenant of [newId() as TenantId, installationId]) {
    const kek = generateKek(tenant, 3)
    const row = { version: 3, ...(await wrapKek(provider, tenant, kek, 3)) }
    t.equal(row.wrapped.length, 76)
    t.equal(bytesOf(await unwrapKek(provider, tenant, row)), bytesOf(kek))
  }
})

t.test('swapped rows, other versions and changed bytes open nothing', async (t) => {
  const [acme, contoso] = [newId() as TenantId, newId() as TenantId]
  const row = { version: 1, ...(await wrapKek(provider, acme, generateKek(acme, 1), 1)) }
  const other = await wrapKek(provider, acme, generateKek(acme, 1), 1)
  await t.rejects(unwrapKek(provider, contoso, row), IntegrityError)
  await t.rejects(unwrapKek(provider, acme, { ...row, version: 2 }), IntegrityError)
  await t.rejects(unwrapKek(provider, acme, { ...row, commit: other.commit }), IntegrityError)
  for (let i = 0; i < row.wrapped.length; i++) {
    const wrapped = Buffer.from(row.wrapped)
    wrapped[i] = (wrapped[i] as number) ^ 1
    await t.rejects(unwrapKek(provider, acme, { ...row, wrapped }), IntegrityError, `byte ${i}`)
  }
  for (const length of [0, 15, 16, 75])
    await t.rejects(
      unwrapKek(provider, acme, { ...row, wrapped: row.wrapped.subarray(0, length) }),
      IntegrityError,
    )
})
