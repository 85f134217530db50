// What every MEK provider promises. `open` opens the same keys again each time; `other` is another installation's.
import t from 'tap'
import { IntegrityError } from '../../engine/worker/cipher/record.js'
import type { KeyProvider } from '../../engine/worker/keys/providers/provider.js'
import { KeyWipedError, SecretKey } from '../../engine/worker/keys/secret-key.js'

export const mekProviderConformance = (
  open: () => Promise<KeyProvider>,
  other: () => Promise<KeyProvider>,
): void => {
  const associatedData = Buffer.from('header, tenant, key id')
  const bytesOf = (key: SecretKey): string => key.use((bytes) => bytes.toString('hex'))

  t.test('unwraps what it wrapped, also after a restart', async (t) => {
    const key = SecretKey.generate()
    const first = await open()
    const body = await first.wrap(key, associatedData)
    const again = await open()
    t.same(again.currentKeyId, first.currentKeyId)
    const unwrapped = await again.unwrap(first.currentKeyId, body, associatedData)
    t.equal(bytesOf(unwrapped), bytesOf(key))
    t.notOk(body.includes(key.use((bytes) => Buffer.from(bytes))))
  })

  t.test('never wraps the same key to the same bytes', async (t) => {
    const key = SecretKey.generate()
    const provider = await open()
    t.notSame(await provider.wrap(key, associatedData), await provider.wrap(key, associatedData))
  })

  t.test('refuses other associated data and every changed byte', async (t) => {
    const provider = await open()
    const body = await provider.wrap(SecretKey.generate(), associatedData)
    const unwrap = (changed: Buffer, data = associatedData): Promise<SecretKey> =>
      provider.unwrap(provider.currentKeyId, changed, data)
    await t.rejects(unwrap(body, Buffer.from('another tenant')), IntegrityError)
    for (let i = 0; i < body.length; i++) {
      const changed = Buffer.from(body)
      changed[i] = (changed[i] as number) ^ 1
      await t.rejects(unwrap(changed), IntegrityError, `byte ${i}`)
    }
    for (const length of [0, 1, 12, 28, body.length - 1])
      await t.rejects(unwrap(body.subarray(0, length)), IntegrityError, `${length} bytes`)
  })

  t.test('refuses what another installation wrapped, and key ids it does not have', async (t) => {
    const [provider, stranger] = [await open(), await other()]
    const body = await stranger.wrap(SecretKey.generate(), associatedData)
    await t.rejects(provider.unwrap(provider.currentKeyId, body, associatedData), IntegrityError)
    await t.rejects(provider.unwrap(stranger.currentKeyId, body, associatedData), IntegrityError)
  })

  t.test('shows no key and works no more once closed', async (t) => {
    const provider = await open()
    t.equal(provider.keyIds[0], provider.currentKeyId)
    t.equal(provider.currentKeyId.length, 8)
    provider.close()
    await t.rejects(provider.wrap(SecretKey.generate(), associatedData), KeyWipedError)
    await t.rejects(
      provider.unwrap(provider.currentKeyId, Buffer.alloc(60), associatedData),
      KeyWipedError,
    )
  })
}
