// Any e-mail address is good enough for a tenant's first administrator; where it is no username, one must be given.
import t from 'tap'
import { apiOf, signInAdmin, tenantPassword } from '../../support/api.js'
import { ownCode, sharedEngine } from '../../support/shared.js'

t.test("the first administrator's name", async (t) => {
  const engine = await sharedEngine(t)
  const call = apiOf(engine.url)
  const token = await signInAdmin(engine)
  const contactEmail = 'it@acme.example'
  const provision = (more: object) => {
    const shortCode = ownCode('acme')
    const body = { shortCode, displayName: 'Acme', contactEmail, ...more }
    return call('POST', 'msp/tenants', { token, body, headers: { prefer: 'wait=60' } })
  }
  for (const adminEmail of ["sinéad.o'neil@acme.example", '"it desk"@acme.example']) {
    const refused = await provision({ adminEmail })
    t.match(refused, {
      status: 400,
      body: { code: 'validation_failed', errors: [{ pointer: '/adminUsername' }] },
    })
    t.notMatch(refused.text, 'neil', 'nothing of it is repeated')
  }
  const adminEmail = "sinéad.o'neil@acme.example"
  const made = await provision({ adminEmail, adminUsername: 'Sinead.ONeil' })
  t.equal(made.status, 201)
  const operation = await call('GET', `msp/operations/${made.body['operationId']}`, { token })
  const { adminUsername, setupToken } = operation.body['result']!
  t.equal(adminUsername, 'sinead.oneil')
  await call('POST', 'auth/setup', { body: { token: setupToken, password: tenantPassword } })
  const tenant = made.body['shortCode']
  const credentials = { tenant, username: adminUsername, password: tenantPassword }
  const signedIn = await call('POST', 'auth/login', { body: credentials })
  t.equal(signedIn.status, 200)
  const users = await call('GET', 'users', { token: signedIn.body['accessToken']! })
  t.match(users.body, [{ username: 'sinead.oneil', email: adminEmail }])
})
