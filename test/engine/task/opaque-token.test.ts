// Exactly what was formatted parses, under its own prefix, in its one spelling; a typing error is found by itself.
import fc from 'fast-check'
import t from 'tap'
import type { TenantId } from '../../../engine/ids.js'
import { type OpaqueToken, formatToken, parseToken } from '../../../engine/task/opaque-token.js'

const tokens = fc.record({
  tenant: fc.uuid() as fc.Arbitrary<TenantId>,
  id: fc.uuid(),
  secret: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
})

const isSame = (a: OpaqueToken | null, b: OpaqueToken): boolean =>
  a?.tenant === b.tenant && a.id === b.id && a.secret.equals(b.secret)

const sample = fc.sample(tokens, 1)[0]!
const text = formatToken('rprt_', sample)

t.test('what was formatted comes back', async () => {
  fc.assert(
    fc.property(tokens, fc.constantFrom('rpst_' as const, 'rprt_' as const), (token, prefix) =>
      isSame(parseToken(prefix, formatToken(prefix, token)), token),
    ),
  )
})

t.test('a refresh token is no set-up token', async (t) => {
  t.equal(parseToken('rpst_', text), null)
  t.equal(parseToken('rpst_', text.replace('rprt_', 'rpst_'))?.id, sample.id, 'by its prefix only')
})

t.test('one character changed, lost, doubled or swapped', async () => {
  const alphabet = [...'ABCXYZabcxyz0189-_']
  const at = fc.nat(text.length - 6).map((n) => n + 5)
  fc.assert(
    fc.property(at, fc.constantFrom(...alphabet), (n, letter) => {
      const changed = [
        text.slice(0, n) + letter + text.slice(n + 1),
        text.slice(0, n) + text.slice(n + 1),
        text.slice(0, n) + text[n] + text.slice(n),
        text.slice(0, n) + (text[n + 1] ?? '') + text[n] + text.slice(n + 2),
      ]
      return changed.every((other) => other === text || parseToken('rprt_', other) === null)
    }),
  )
})

t.test('other spellings of the same bytes', async (t) => {
  const others = [`${text}=`, `${text}\n`, ` ${text}`, text.replace('rprt_', 'RPRT_')]
  const standard = `rprt_${Buffer.from(text.slice(5), 'base64url').toString('base64')}`
  for (const other of [...others, ...(standard === text ? [] : [standard])])
    t.equal(parseToken('rprt_', other), null, other)
})

t.test('anything else is null, and never throws', async () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  )
  fc.assert(fc.property(anything, (rest) => parseToken('rprt_', `rprt_${rest}`) === null))
  fc.assert(fc.property(anything, (rest) => parseToken('rprt_', rest) === null))
})

t.test('huge', async (t) => {
  t.equal(parseToken('rprt_', text + 'A'.repeat(1_000_000)), null)
})

t.test('the secret is a copy: wiping what it came from takes nothing away', async (t) => {
  const token = parseToken('rprt_', text)!
  t.equal(token.secret.length, 32)
  t.equal(token.secret.buffer.byteLength === 68, false)
})
