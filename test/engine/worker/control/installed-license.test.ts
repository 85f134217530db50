// Which licence is in force: the file's, else the last accepted, else the development one, which never comes back.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import t, { type Test } from 'tap'
import { installedLicense } from '../../../../engine/worker/control/installed-license.js'
import { licenseType } from '../../../../engine/worker/control/license.js'
import { type InstallationSecrets, newSecrets } from '../../../../engine/worker/control/secrets.js'

const now = 1_800_000_000_000
const { privateKey, publicKey } = await generateKeyPair('EdDSA', {
  crv: 'Ed25519',
  extractable: true,
})
const jwk = { ...(await exportJWK(publicKey)), kid: 'v', alg: 'EdDSA' }
const issue = (organisation: string): Promise<string> =>
  new SignJWT({ edition: 'msp', organisation })
    .setProtectedHeader({ alg: 'EdDSA', typ: licenseType, kid: 'v' })
    .sign(privateKey)
const secrets = await newSecrets()
const [acme, contoso] = [await issue('Acme'), await issue('Contoso')]
const accepted: InstallationSecrets = { ...secrets, vendorLicense: { token: acme, keys: [jwk] } }

const files = (t: Test, license: string, keys: unknown = jwk) => {
  const folder = t.testdir({})
  const [file, key] = [join(folder, 'license.jwt'), join(folder, 'vendor.jwk')]
  writeFileSync(file, `${license}\n`)
  writeFileSync(key, typeof keys === 'string' ? keys : JSON.stringify(keys))
  return { file, publicKeys: [key] }
}
const noFile = { file: null, publicKeys: [] }

t.test('none: the development licence', async (t) => {
  const { license, accepted } = await installedLicense(noFile, secrets, now)
  t.match(license, { development: true })
  t.equal(accepted, null)
})

t.test('a file: its licence, to be remembered', async (t) => {
  const found = await installedLicense(files(t, acme), secrets, now)
  t.match(found, { license: { organisation: 'Acme' }, accepted: { token: acme, keys: [jwk] } })
})

t.test('the same file again changes nothing, another one replaces', async (t) => {
  t.equal((await installedLicense(files(t, acme), accepted, now)).accepted, null)
  t.match(await installedLicense(files(t, contoso), accepted, now), {
    license: { organisation: 'Contoso' },
    accepted: { token: contoso },
  })
})

t.test(
  'the file is gone: the accepted one stays, never the development licence again',
  async (t) => {
    const { license } = await installedLicense(noFile, accepted, now)
    t.match(license, { organisation: 'Acme', development: false })
    const damaged = { ...accepted, vendorLicense: { token: `${acme}x`, keys: [jwk] } }
    await t.rejects(installedLicense(noFile, damaged, now), { message: /vendor key/ })
  },
)

t.test('a set of keys', async (t) => {
  const found = await installedLicense(files(t, acme, { keys: [jwk] }), secrets, now)
  t.match(found.license, { organisation: 'Acme' })
})

t.test('refused in one line that names the key of the configuration', async (t) => {
  const refused = (options: Parameters<typeof installedLicense>[0], message: RegExp) =>
    t.rejects(installedLicense(options, accepted, now), { message })
  const good = files(t, acme)
  await refused({ ...good, publicKeys: [] }, /^license\.file needs license\.publicKeys$/)
  await refused(
    { ...good, file: '/nowhere/x' },
    /^license\.file: \/nowhere\/x cannot be read: it does not exist \(ENOENT\)$/,
  )
  await refused(
    { ...good, publicKeys: ['/nowhere/k'] },
    /^license\.publicKeys: .* cannot be read: .*$/,
  )
  await refused(
    files(t, 'no token'),
    /^license\.file: .*: the licence is not signed by a known vendor key$/,
  )
  const privateJwk = await exportJWK(privateKey)
  for (const keys of [privateJwk, 'null', '{', '[]', { keys: [jwk, privateJwk] }, { kty: 'RSA' }])
    await refused(files(t, acme, keys), /^license\.publicKeys: .* holds no public keys$/)
})

t.test('nothing at all', async (t) => {
  const bare = { ...secrets, developmentLicense: null }
  await t.rejects(installedLicense(noFile, bare, now), { message: 'there is no licence' })
})
