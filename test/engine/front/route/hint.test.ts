// A hint is read from whatever a body is, and never fails; what cannot be read hints at nobody.
import fc from 'fast-check'
import t from 'tap'
import { hintOf } from '../../../../engine/front/route/hint.js'
import { type TenantId, newId } from '../../../../engine/ids.js'
import { formatClaimCode } from '../../../../engine/task/claim-code.js'
import { formatToken } from '../../../../engine/task/opaque-token.js'

const nobody = { tenant: { code: '' }, username: null }
const hint = (operationId: string, body: unknown) =>
  hintOf(operationId, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))

const id = newId() as TenantId
const tokenOf = (prefix: 'rprt_' | 'rpst_'): string =>
  formatToken(prefix, { tenant: id, id: newId(), secret: Buffer.alloc(32) })

t.test('login: the short code as it was given, and the name', async (t) => {
  t.same(hint('login', { tenant: 'Acme', username: 'alice', password: 'x' }), {
    tenant: { code: 'Acme' },
    username: 'alice',
  })
  t.same(hint('login', { username: 'admin', password: 'x' }), { tenant: null, username: 'admin' })
})

t.test('tokens name their tenant', async (t) => {
  t.same(hint('refreshSession', { refreshToken: tokenOf('rprt_') }), {
    tenant: { id },
    username: null,
  })
  t.same(hint('setUpAccount', { token: tokenOf('rpst_') }), { tenant: { id }, username: null })
})

t.test('a token of another kind, cut, or no text: nobody', async (t) => {
  for (const refreshToken of [tokenOf('rpst_'), tokenOf('rprt_').slice(0, -1), 7, null, [], {}])
    t.same(hint('refreshSession', { refreshToken }), nobody)
  t.same(hint('refreshSession', {}), nobody, 'and not the management plane')
  t.same(hint('setUpAccount', { token: null, tenant: 'acme' }), nobody, 'the token counts')
})

t.test('a claim names its tenant by code', async (t) => {
  const claim = formatClaimCode(Buffer.alloc(20, 7))
  const guess = { tenant: { code: 'acme' }, username: null, isClaim: true }
  t.same(hint('setUpAccount', { tenant: 'acme', claim, password: 'y' }), guess)
  for (const other of ['x', claim.slice(0, -1), claim.toLowerCase(), `${claim} `, 7, null])
    t.same(hint('setUpAccount', { tenant: 'acme', claim: other }), nobody, 'no look-up for another')
  t.same(hint('setUpAccount', { claim }), nobody)
})

t.test('given twice: the last counts, as for the worker', async (t) => {
  const body = '{"tenant":"acme","tenant":"contoso","username":"a","username":"b"}'
  t.same(hint('login', body), { tenant: { code: 'contoso' }, username: 'b' })
})

t.test('what is no object', async (t) => {
  for (const body of ['', '{', 'null', '7', '"acme"', '\u0000', '['.repeat(100_000)])
    t.same(hint('login', body), nobody)
  t.same(hintOf('login', null), nobody)
})

t.test('a view into a larger buffer is read by its own bytes', async (t) => {
  const bytes = Buffer.from('xx{"tenant":"acme"}xx')
  t.match(hintOf('login', bytes.subarray(2, -2)), { tenant: { code: 'acme' } })
})

t.test('any JSON, any bytes: an answer of its shape', async () => {
  const bodies = fc.oneof(
    fc.uint8Array(),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .dictionary(fc.constantFrom('tenant', 'username', 'token', '__proto__'), fc.jsonValue())
      .map((value) => Buffer.from(JSON.stringify(value))),
  )
  const ids = fc.constantFrom('login', 'refreshSession', 'setUpAccount')
  fc.assert(
    fc.property(ids, bodies, (operationId, body) => {
      const { tenant, username } = hintOf(operationId, body)
      const isTenant = tenant === null || 'id' in tenant || typeof tenant.code === 'string'
      return isTenant && (username === null || typeof username === 'string')
    }),
  )
})
