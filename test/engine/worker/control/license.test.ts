// A licence counts when a vendor's key signed exactly such a token; what the development licence may is fixed.
import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose'
import t from 'tap'
import {
  LicenseError,
  licenseType,
  newDevelopmentLicense,
  openDevelopmentLicense,
  openVendorLicense,
} from '../../../../engine/worker/control/license.js'
import { licenseJson } from '../../../../engine/worker/control/license-json.js'

const now = 1_800_000_000_000
const seconds = now / 1_000

const vendor = async (kid: string): Promise<{ key: CryptoKey; jwk: JWK }> => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  return { key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA' } }
}
const acme = await vendor('acme')
const other = await vendor('other')

const good = { edition: 'msp', organisation: 'Acme', exp: seconds + 86_400, nbf: seconds - 60 }

const issue = (claims: object = {}, header: object = {}, key = acme.key): Promise<string> =>
  new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: licenseType, kid: 'acme', ...header })
    .sign(key)

const opened = (token: string, keys = [acme.jwk], at = now) => openVendorLicense(token, keys, at)

// tap compares errors by name; these have their class.
const refuses = async (
  t: { ok(value: boolean, name: string): unknown },
  ask: Promise<unknown>,
  name: string,
) => {
  const error = await ask.catch((thrown: unknown) => thrown)
  t.ok(error instanceof LicenseError && !/\n/.test(error.message), name)
}

t.test('what it says; absent is unlimited', async (t) => {
  t.same(await opened(await issue({ maxTenants: 5, features: ['x'] })), {
    edition: 'msp',
    organisation: 'Acme',
    maxTenants: 5,
    maxUsers: null,
    maxResources: null,
    maxNodes: null,
    features: ['x'],
    expiresTime: (seconds + 86_400) * 1_000,
    development: false,
  })
  t.match(await opened(await issue({ exp: undefined })), { expiresTime: null })
})

t.test('any of several vendor keys', async (t) => {
  const keys = [other.jwk, acme.jwk]
  t.match(await opened(await issue(), keys), { organisation: 'Acme' })
  const token = await issue({}, { kid: 'other' }, other.key)
  t.match(await opened(token, keys), { organisation: 'Acme' })
})

t.test('expired it still opens: what is readable stays readable', async (t) => {
  const token = await issue({ exp: seconds - 1, nbf: seconds - 86_400 })
  t.match(await opened(token), { expiresTime: now - 1_000 })
})

t.test('not signed by the vendor', async (t) => {
  const token = await issue()
  const [head = '', body = '', signature = ''] = token.split('.')
  const forged = Buffer.from(JSON.stringify({ ...good, maxTenants: 999 })).toString('base64url')
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: licenseType })).toString('base64url')
  for (const [name, text] of Object.entries({
    'another key': await issue({}, {}, other.key),
    'another body': `${head}.${forged}.${signature}`,
    'no algorithm': `${none}.${body}.`,
    cut: token.slice(0, -2),
    empty: '',
    nonsense: 'a.b.c',
    huge: 'a'.repeat(1_000_000),
  }))
    await refuses(t, opened(text), name)
  await refuses(t, opened(token, []), 'no keys')
})

t.test('the type, exactly', async (t) => {
  for (const typ of ['JWT', 'rppam-at+jwt', 'RPPAM-License+JWT', `application/${licenseType}`])
    await refuses(t, opened(await issue({}, { typ })), typ)
})

t.test('not yet valid', async (t) => {
  await refuses(t, opened(await issue({ nbf: seconds + 3_600 })), 'nbf')
})

t.test('malformed claims, although signed', async (t) => {
  const wrong: Record<string, object> = {
    'no edition': { edition: undefined },
    'another edition': { edition: 'MSP' },
    'no organisation': { organisation: 7 },
    'a negative limit': { maxTenants: -1 },
    'a fraction': { maxUsers: 1.5 },
    'a text': { maxNodes: '5' },
    'beyond integers': { maxResources: 1e300 },
    'features as text': { features: 'all' },
    'features of numbers': { features: [1] },
    'no date': { exp: 1e15 },
  }
  for (const [name, claims] of Object.entries(wrong))
    await refuses(t, opened(await issue(claims)), name)
})

t.test("a vendor's licence is never a development one", async (t) => {
  await refuses(t, opened(await issue({ development: true })), 'development')
})

t.test('the development licence: msp, 25 tenants, marked', async (t) => {
  const made = await newDevelopmentLicense()
  t.notOk('d' in made.publicJwk)
  const license = await openDevelopmentLicense(made)
  t.match(license, { edition: 'msp', maxTenants: 25, maxUsers: null, development: true })
  t.match(license, { expiresTime: null })
  await refuses(t, opened(made.token, [made.publicJwk]), 'as a vendor’s')
})

t.test('a development licence that somebody improved', async (t) => {
  const { jwk, key } = acme
  const claims = { edition: 'msp', organisation: 'x', development: true, maxTenants: 25 }
  const made = (more: object, header: object = {}) =>
    new SignJWT({ ...claims, ...more })
      .setProtectedHeader({ alg: 'EdDSA', typ: licenseType, ...header })
      .sign(key)
  const open = async (token: string) => openDevelopmentLicense({ token, publicJwk: jwk })
  t.match(await open(await made({})), { development: true }, 'the case that is good')
  for (const more of [{ maxTenants: 26 }, { maxTenants: undefined }, { development: false }])
    await refuses(t, open(await made(more)), JSON.stringify(more))
  const [mine, theirs] = [await newDevelopmentLicense(), await newDevelopmentLicense()]
  await refuses(
    t,
    openDevelopmentLicense({ token: mine.token, publicJwk: theirs.publicJwk }),
    'another key',
  )
})

t.test('as JSON', async (t) => {
  const usage = { tenants: 1, users: 2, resources: 3, nodes: 1 }
  t.match(licenseJson(await opened(await issue()), usage, now), {
    edition: 'msp',
    expiresUtc: '2027-01-16T08:00:00.000Z',
    maxTenants: null,
    usage,
    development: false,
  })
})
