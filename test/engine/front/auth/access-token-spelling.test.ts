// A token has one spelling, and reading one is safe whatever it is: what reads is what would be verified.
import fc from 'fast-check'
import t from 'tap'
import { createTokenVerifier } from '../../../../engine/front/auth/access-token.js'
import { createSigner, goodClaims, handClock, issuer, spellingsOf, start } from './signing.js'

const signer = await createSigner('k1')
const verifier = createTokenVerifier({ issuer, keys: [signer.publicKey], clock: handClock() })
const good = await signer.sign()
const [header = '', payload = '', signature = ''] = good.split('.')

t.test('a good one reads as what it is', async (t) => {
  t.strictSame(verifier.read(good), await verifier.verify(good))
})

t.test('every other spelling of the same bytes is refused unread', async (t) => {
  const others = spellingsOf(good)
  t.ok(others.length > 15 + 3 * 8)
  for (const other of others) {
    t.equal(verifier.read(other), null, other.slice(-8))
    t.equal(await verifier.verify(other), null)
  }
})

t.test('payloads of all lengths, so of all counts of unused bits', async (t) => {
  for (const gen of [1, 10, 100]) {
    const token = await signer.sign({ gen })
    t.ok(await verifier.verify(token))
    for (const other of spellingsOf(token)) t.equal(verifier.read(other), null)
  }
})

t.test('one character changed, lost or doubled: never verified', async () => {
  const at = fc.nat(good.length - 1)
  const letter = fc.constantFrom(...'ABQgw_-019zZ.=+/ \n')
  await fc.assert(
    fc.asyncProperty(at, letter, async (n, other) => {
      const changed = [
        good.slice(0, n) + other + good.slice(n + 1),
        good.slice(0, n) + good.slice(n + 1),
        good.slice(0, n) + good[n] + good.slice(n),
      ].filter((token) => token !== good)
      const verified = await Promise.all(changed.map((token) => verifier.verify(token)))
      return verified.every((claims) => claims === null)
    }),
  )
})

t.test('anything at all is null, and never throws', async () => {
  const anything = fc.string({ maxLength: 300 })
  const encoded = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url'))
  const segment = fc.oneof(anything, encoded, fc.constantFrom(header, payload, signature, ''))
  const tokens = fc.array(segment, { maxLength: 5 }).map((segments) => segments.join('.'))
  fc.assert(fc.property(tokens, (token) => token === good || verifier.read(token) === null))
})

const written = (claims: unknown): string =>
  `${header}.${Buffer.from(JSON.stringify(claims) ?? '').toString('base64url')}.${signature}`

t.test('any JSON in the middle is null, but for claims like ours', async (t) => {
  fc.assert(fc.property(fc.json(), (json) => verifier.read(written(JSON.parse(json))) === null))
  t.ok(verifier.read(written(goodClaims())), 'signed or not')
})

t.test('one claim replaced by anything else: null, or as it says', async () => {
  const names = fc.constantFrom(...Object.keys(goodClaims()))
  fc.assert(
    fc.property(names, fc.jsonValue(), (name, value) => {
      const read = verifier.read(written({ ...goodClaims(), [name]: value }))
      return read === null || (['gen', 'tgn', 'iat', 'exp'].includes(name) && Number(value) >= 0)
    }),
  )
})

t.test('claims deep and huge', async (t) => {
  t.equal(
    verifier.read(`${header}.${Buffer.from('['.repeat(1e6)).toString('base64url')}.${signature}`),
    null,
  )
  t.equal(verifier.read('.'.repeat(1e6)), null)
  t.equal(verifier.read(written({ ...goodClaims(), iat: -1e308, exp: 1e308 })), null)
  t.equal(verifier.read(written({ ...goodClaims(), iat: start + 600, exp: start + 600 })), null)
})
