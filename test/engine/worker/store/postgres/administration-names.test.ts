// A short code has exactly one set of names, and nothing but a short code has any.
import t from 'tap'
import { tenantNamesOf } from '../../../../../engine/worker/store/postgres/administration.js'
import { quoted, verifierLiteral } from '../../../../../engine/worker/store/postgres/identifiers.js'
import { scramVerifier } from '../../../../../engine/scram.js'

t.strictSame(tenantNamesOf('acme-corp'), {
  databaseName: 'rppam_tenant_acme_corp',
  ownerRole: 'rppam_owner_acme_corp',
  runtimeRole: 'rppam_run_acme_corp',
})
t.strictSame(tenantNamesOf('ACME-Corp'), tenantNamesOf('acme-corp'), 'letters of any case')

const longest = Object.values(tenantNamesOf('a'.repeat(20))) as string[]
t.ok(longest.every((name) => Buffer.byteLength(name) < 63 && quoted(name) === `"${name}"`))

for (const code of [
  'ab',
  'a'.repeat(21),
  '-acme',
  'acme-',
  'a--b',
  'a_b',
  'ac"me',
  'ac me',
  'äcme',
  'İ-x',
  '',
])
  t.throws(() => tenantNamesOf(code), RangeError, `not ${JSON.stringify(code)}`)

for (const name of ['', 'a"b', 'a b', 'A', 'a-b', 'a;b', 'ä', '1a', 'a\0', 'a'.repeat(64), 'a\n'])
  t.throws(() => quoted(name), RangeError, `not ${JSON.stringify(name)}`)

const verifier = scramVerifier('secret')
t.equal(verifierLiteral(verifier), `'${verifier}'`)
for (const text of ['secret', `${verifier}'`, `${verifier}\n`, verifier.replace(':', "':")])
  t.throws(() => verifierLiteral(text), RangeError)
