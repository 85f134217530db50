// A customer who made a claim code is issued no set-up token: the code claims the tenant, once.
import { createHash, randomBytes } from 'node:crypto'
import t from 'tap'
import { formatClaimCode } from '../../../engine/task/claim-code.js'
import { actions } from '../../../engine/worker/audit/actions.js'
import { apiOf, signInAdmin, tenantPassword } from '../../support/api.js'
import { ownCode, sharedEngine } from '../../support/shared.js'
import { setUpsOnRecord } from './set-ups.js'

t.test('a customer who made a claim code needs no token', async (t) => {
  const engine = await sharedEngine(t)
  const call = apiOf(engine.url)
  const token = await signInAdmin(engine)
  const shortCode = ownCode('acme')
  const code = formatClaimCode(randomBytes(20))
  const adminClaim = createHash('sha256').update(code).digest('hex')
  const body = {
    shortCode,
    displayName: 'Acme',
    contactEmail: 'it@acme.example',
    adminClaim,
  }
  const made = await call('POST', 'msp/tenants', { token, body, headers: { prefer: 'wait=60' } })
  const operation = await call('GET', `msp/operations/${made.body['operationId']}`, { token })
  t.strictSame(operation.body['result'], { adminUsername: 'it@acme.example' })
  t.equal((await call('POST', `msp/tenants/${made.body['id']}/setup-token`, { token })).status, 409)
  const claim = (code: string) =>
    call('POST', 'auth/setup', {
      body: { tenant: shortCode.toUpperCase(), claim: code, password: tenantPassword },
    })
  t.equal((await claim(formatClaimCode(randomBytes(20)))).status, 401, 'a guess of theirs')
  t.equal((await claim(adminClaim)).status, 400, 'the hash is not the code')
  const claimed = await claim(code)
  t.equal(claimed.status, 200)
  const { setup } = (await call('GET', 'tenant', { token: claimed.body['accessToken']! })).body
  t.match(setup, [{ issuedBy: 'admin', usedUtc: /Z$/, reissued: false }])
  const recorded = await setUpsOnRecord(engine, made.body['id']!)
  t.strictSame(recorded, [actions['setup_token.use']], 'no token was issued')
  t.equal((await claim(code)).status, 401, 'once')
})
