// No secret leaves before its audit event is durable: with the audit log out of order there is 503 and no secret.
import t from 'tap'
import { tenantNamesOf } from '../../../engine/worker/store/postgres/tenant-names.js'
import { administratorOfTenant } from '../../support/administrator.js'
import { apiOf, readyTenant, signInAdmin } from '../../support/api.js'
import { ownCode, sharedEngine } from '../../support/shared.js'

const failuresFor = (role: string): Readonly<Record<string, readonly [string, string]>> => ({
  'may not be written': [
    `revoke insert on rppam.audit_block from ${role}`,
    `grant insert on rppam.audit_block to ${role}`,
  ],
  'is gone': [
    'alter table rppam.audit_block rename to audit_gone',
    'alter table rppam.audit_gone rename to audit_block',
  ],
  'refuses every row': [
    'alter table rppam.audit_block add constraint refusing check (first_seq < 0) not valid',
    'alter table rppam.audit_block drop constraint refusing',
  ],
})

t.test('no audit, no secret', async (t) => {
  const engine = await sharedEngine(t)
  const call = apiOf(engine.url)
  const acme = await readyTenant(engine, await signInAdmin(engine), ownCode('acme'))
  const { token } = acme
  const secret = 'the canary in the mine'
  const body = { name: 'root', type: 'password', fields: { password: secret } }
  const id = (await call('POST', 'vault/entries', { token, body })).body['id']
  const read = () => call('GET', `vault/entries/${id}/secret`, { token })
  t.equal((await read()).status, 200)
  const administrator = administratorOfTenant(engine, acme.shortCode)

  const { runtimeRole } = tenantNamesOf(acme.shortCode)
  for (const [name, [breakIt, mendIt]] of Object.entries(failuresFor(runtimeRole)))
    await t.test(`the audit log ${name}`, async (t) => {
      await administrator(breakIt)
      const reads = await Promise.all(Array.from({ length: 20 }, read))
      for (const { status, body, text } of reads) {
        t.equal(status, 503)
        t.equal(body['code'], 'audit_unavailable')
        t.notMatch(text, secret)
      }
      const batch = await call('POST', 'vault/secrets/read', { token, body: { ids: [id] } })
      t.equal(batch.status, 503)
      t.notMatch(batch.text, secret)
      const write = await call('POST', 'vault/entries', { token, body: { ...body, name } })
      t.equal(write.status, 503, 'nor is anything changed without its event')
      await administrator(mendIt)
      t.equal((await read()).status, 200, 'and it goes on when the log does')
    })

  const verified = await call('GET', 'audit/verify', { token })
  t.match(verified.body, { ok: true })
  const names = await call('GET', 'vault/entries', { token })
  t.strictSame(
    [...names.body].map((entry) => entry['name']),
    ['root'],
  )
})
