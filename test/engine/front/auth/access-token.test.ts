// Exactly our access tokens, in force, are accepted.
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose'
import t from 'tap'
import { createTokenVerifier } from '../../../../engine/front/auth/access-token.js'
import { createSigner, goodClaims, handClock, issuer, start } from './signing.js'

const signer = await createSigner('k1')
const other = await createSigner('k2')
const clock = handClock()
const verifier = createTokenVerifier({ issuer, keys: [signer.publicKey], clock })

t.test('a good token', async (t) => {
  for (const aud of ['msp', 'tenant', 'mfa', 'breakglass']) {
    const claims = { ...goodClaims(), aud }
    const given = Object.entries(claims).filter(([name]) => name !== 'iss' && name !== 'iat')
    t.strictSame(
      { ...(await verifier.verify(await signer.sign(claims))) },
      Object.fromEntries(given),
    )
  }
})

t.test('wrong claims', async (t) => {
  const wrong: readonly Record<string, unknown>[] = [
    { iss: 'other' },
    { iss: undefined },
    { aud: 'admin' },
    { aud: ['tenant'] },
    { aud: undefined },
    { tid: 'acme' },
    { tid: undefined },
    { tid: '0192F0C1-1111-7000-8000-000000000001' },
    { sub: 7 },
    { sub: '' },
    { sid: null },
    { gen: '1' },
    { gen: -1 },
    { gen: 1.5 },
    { gen: undefined },
    { tgn: null },
    { iat: undefined },
    { iat: start + 31, exp: start + 600 },
    { exp: undefined },
    { exp: start },
    { exp: start + 601 },
    { exp: start + 631 },
    { iat: start + 0.5 },
    { nbf: start + 300 },
    { nbf: start },
    { role: 'admin' },
  ]
  for (const claims of wrong)
    t.equal(await verifier.verify(await signer.sign(claims)), null, JSON.stringify(claims))
})

t.test('wrong headers', async (t) => {
  const wrong: readonly Record<string, unknown>[] = [
    { typ: 'JWT' },
    { typ: 'rppam-license+jwt' },
    { typ: 'application/rppam-at+jwt' },
    { typ: 'RPPAM-AT+JWT' },
    { typ: undefined },
    { kid: 'unknown' },
    { kid: undefined },
    { kid: '__proto__' },
    { jku: 'https://evil.example' },
    { jwk: other.publicKey },
    { alg: 'Ed25519' },
    { crit: ['b64'], b64: true },
  ]
  for (const header of wrong)
    t.equal(await verifier.verify(await signer.sign({}, header)), null, JSON.stringify(header))
})

t.test('wrong signatures', async (t) => {
  const good = await signer.sign()
  const [head, payload, signature] = good.split('.') as [string, string, string]
  const forged = await new SignJWT(goodClaims())
    .setProtectedHeader({ alg: 'EdDSA', typ: 'rppam-at+jwt', kid: 'k1' })
    .sign(other.privateKey)
  const symmetric = await new SignJWT(goodClaims())
    .setProtectedHeader({ alg: 'HS256', typ: 'rppam-at+jwt', kid: 'k1' })
    .sign(Buffer.from(signer.publicKey.x!, 'base64url'))
  const unsecured = new UnsecuredJWT(goodClaims()).encode()
  const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`
  const tokens = [
    '',
    'a.b.c',
    forged,
    symmetric,
    unsecured,
    `${head}.${payload}.`,
    `${head}.${payload}.${flipped}`,
    `${good}.x`,
    `${good}A`,
  ]
  for (const token of tokens) t.equal(await verifier.verify(token), null)
})

t.test('expiry is exact', async (t) => {
  const token = await signer.sign()
  clock.seconds = start + 599
  t.ok(await verifier.verify(token))
  clock.seconds = start + 600
  t.equal(await verifier.verify(token), null)
  clock.seconds = start
})

t.test('keys of a rotation', async (t) => {
  const token = await other.sign()
  t.equal(await verifier.verify(token), null)
  verifier.addKeys([other.publicKey])
  t.ok(await verifier.verify(token))
  t.ok(await verifier.verify(await signer.sign()))
})

t.test('keys that are private, of another kind or nameless stop the start', async (t) => {
  const { publicKey } = await generateKeyPair('ES256')
  const wrong = [
    { ...signer.publicKey, d: 'AAAA' },
    { ...(await exportJWK(publicKey)), kid: 'k3' },
    { ...signer.publicKey, kid: '' },
  ]
  for (const key of wrong) t.throws(() => createTokenVerifier({ issuer, keys: [key], clock }))
})
