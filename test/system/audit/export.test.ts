// Promise: GET audit/export answers the log as lines, the tenant's own and nothing else, and cuts what is not whole.
import { once } from 'node:events'
import { request } from 'node:http'
import t from 'tap'
import { administratorOfTenant } from '../../support/administrator.js'
import { apiOf, readyTenant, readyUser, signInAdmin } from '../../support/api.js'
import { ownCode, sharedEngine } from '../../support/shared.js'

const { Evidence } = (await import(
  new URL('../../../../../scripts/verify-evidence.mjs', import.meta.url).href
)) as {
  Evidence: new (keys: object) => {
    readonly events: number
    take(line: string): Promise<void>
    end(): void
  }
}

t.test('an export', async (t) => {
  const engine = await sharedEngine(t)
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const acme = await readyTenant(engine, msp, ownCode('acme'))
  const { token } = acme
  for (let i = 0; i < 30; i++) await call('GET', 'users', { token })
  const linesOf = (text: string) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  await t.test('is the listing, oldest first, and on record', async (t) => {
    const { status, headers, text } = await call('GET', 'audit/export', { token })
    t.equal(status, 200)
    t.equal(headers.get('content-type'), 'application/x-ndjson')
    t.equal(headers.get('cache-control'), 'no-store')
    const lines = linesOf(text)
    t.match(lines.at(-1), { action: 'audit.export', detail: { form: 'events' } })
    const listed = [...(await call('GET', 'audit/events?limit=1000', { token })).body].reverse()
    t.strictSame(lines, listed)
  })

  await t.test('of a time', async (t) => {
    const listed = [...(await call('GET', 'audit/events?limit=1000', { token })).body].reverse()
    const [from, to] = [listed[5]!['time']!, listed[12]!['time']!]
    const { text } = await call('GET', `audit/export?from=${from}&to=${to}`, { token })
    t.strictSame(
      linesOf(text),
      listed.filter(({ time }) => time! >= from && time! <= to),
    )
  })

  await t.test('as evidence: anybody can check it with the published keys', async (t) => {
    const keys = await fetch(`${engine.url}/system/attestation-keys`)
    const { text } = await call('GET', 'audit/export?form=evidence', { token })
    const evidence = new Evidence((await keys.json()) as object)
    for (const line of text.trimEnd().split('\n')) await evidence.take(line)
    evidence.end()
    const { body } = await call('GET', 'audit/events?limit=1000', { token })
    t.equal(evidence.events, (body as unknown as unknown[]).length, 'that it was exported too')
  })

  await t.test('for administrators and auditors', async (t) => {
    const auditor = await readyUser(engine, acme, 'auditor', ['pam_auditor'])
    const user = await readyUser(engine, acme, 'user', ['pam_user'])
    t.equal((await call('GET', 'audit/export', { token: auditor.token })).status, 200)
    t.match(await call('GET', 'audit/export', { token: user.token }), { status: 403 })
    for (const query of [
      'form=evidences',
      'from=now',
      'limit=3',
      'from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z',
    ])
      t.match(await call('GET', `audit/export?${query}`, { token }), { status: 400 }, query)
  })

  await t.test('that cannot be read to its end is cut', async (t) => {
    const administrator = administratorOfTenant(engine, acme.shortCode)
    // In the middle of the log, a number that leads nowhere.
    await administrator(`insert into rppam.audit_block
      select chain, ${2n ** 60n}, epoch, first_time, last_time, count, secret_reads, filter, content_hash, mac, sealed
      from rppam.audit_block order by last_time limit 1 offset 20`)
    const answer = await fetch(`${engine.url}/api/v1/audit/export`, {
      headers: { authorization: `Bearer ${token}` },
    })
    t.equal(answer.status, 200)
    await t.rejects(answer.text())
    t.equal((await call('GET', 'users', { token })).status, 200, 'others are served')
  })

  await t.test('that nobody reads on holds nobody up', async (t) => {
    const reading = request(`${engine.url}/api/v1/audit/export`, {
      headers: { authorization: `Bearer ${token}` },
    })
    reading.on('error', () => undefined)
    reading.end()
    const [answer] = (await once(reading, 'response')) as [{ statusCode: number }]
    t.equal(answer.statusCode, 200)
    t.equal((await call('GET', 'users', { token })).status, 200)
    reading.destroy()
    t.equal((await call('GET', 'users', { token })).status, 200)
  })
})
