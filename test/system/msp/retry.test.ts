// A provisioning that the server does not allow fails as a whole, says why, and can be retried when it does.
import t from 'tap'
import { actions } from '../../../engine/worker/audit/actions.js'
import { administratorOf } from '../../support/administrator.js'
import { apiOf, signInAdmin, tenantPassword } from '../../support/api.js'
import { startEngine } from '../../support/engine.js'
import { setUpsOnRecord } from './set-ups.js'

t.test('refused, failed, retried', async (t) => {
  const engine = await startEngine(t)
  const call = apiOf(engine.url)
  const token = await signInAdmin(engine)
  const headers = { prefer: 'wait=60' }
  const administrator = administratorOf(engine, 'postgres')
  await administrator('create database open_to_all')
  const body = { shortCode: 'acme', displayName: 'Acme', contactEmail: 'it@acme.example' }
  const started = await call('POST', 'msp/tenants', { token, body, headers })
  t.equal(started.status, 202)
  t.equal(started.body['status'], 'failed')
  const { id, operationId } = started.body
  const failed = await call('GET', `msp/operations/${operationId}`, { token })
  t.match(failed.body, { status: 'failed' })
  const broken = [...failed.body['steps']!].find((step) => step['status'] === 'failed')
  const error = { code: 'provisioning_refused', detail: /PUBLIC may connect .*open_to_all/ }
  t.match(broken, { name: 'create roles', error })
  t.match(engine.output(), /"reason":"PUBLIC may connect [^"]*open_to_all/)

  await administrator('drop database open_to_all')
  const retried = await call('POST', `msp/tenants/${id}/retry`, { token, headers })
  t.equal(retried.status, 201, retried.text)
  t.equal(retried.body['status'], 'active')
  const second = await call('POST', `msp/tenants/${id}/retry`, { token })
  t.strictSame([second.status, second.body['code']], [409, 'invalid_transition'])

  const operation = await call('GET', `msp/operations/${retried.body['operationId']}`, { token })
  const first = operation.body['result']!['setupToken']!
  const reissued = await call('POST', `msp/tenants/${id}/setup-token`, { token })
  t.equal(reissued.status, 201, reissued.text)
  const claim = (setup: string) =>
    call('POST', 'auth/setup', { body: { token: setup, password: tenantPassword } })
  t.equal((await claim(first)).status, 401, 'the old token is dead')
  const [one, two] = await Promise.all([
    claim(reissued.body['setupToken']!),
    claim(reissued.body['setupToken']!),
  ])
  t.strictSame([one.status, two.status].sort(), [200, 401], 'of two claims at once one wins')
  t.equal((await call('POST', `msp/tenants/${id}/setup-token`, { token })).status, 409)
  const claimed = one.status === 200 ? one : two
  const { setup } = (await call('GET', 'tenant', { token: claimed.body['accessToken']! })).body
  t.strictSame(
    [...setup!].map((each) => [each['reissued'], each['usedUtc'] === null]),
    [
      [false, true],
      [true, false],
    ],
  )
  t.match((await call('GET', `msp/operations/${operationId}`, { token })).text, /"status":"failed"/)
  t.strictSame(
    await setUpsOnRecord(engine, id!),
    [actions['setup_token.issue'], actions['setup_token.issue'], actions['setup_token.use']],
    'issued, issued anew and used: on record in the management plane',
  )
})
