// Promise: an export is on record before its first line leaves, keeps the tenant open while it is read, and is cut when
// the tenant is suspended or the engine stops.
import t from 'tap'
import { ApiError } from '../../../../engine/errors.js'
import { tenantStatus } from '../../../../engine/worker/context/tenant-state.js'
import type { StreamAnswer } from '../../../../engine/worker/request/pipeline.js'
import { eventOf } from '../audit/fixture.js'
import { fakeServices, TestTenant } from '../../../support/tenant-context.js'
import { itemOf, pipelineOf } from './pipeline-fixture.js'

/** A tenant with many blocks, and an export of them that somebody reads as `read` does. */
const exporting = async (read: (answer: StreamAnswer, tenant: TestTenant) => Promise<void>) => {
  const stopping = new AbortController()
  const tenant = await TestTenant.open({ services: fakeServices({ stopping: stopping.signal }) })
  for (let n = 0; n < 40; n++)
    await tenant.context.audit.append({ ...eventOf({ n }), time: tenant.clock.now() })
  const { claims } = await tenant.signedIn(['pam_auditor'])
  let isOpen = true
  const pipeline = pipelineOf(tenant, {
    withTenant: async (_item, _park, use) => {
      const used = await use(tenant.context)
      isOpen = false
      return used
    },
  })
  const item = itemOf('exportAudit', claims, tenant.tenant, { query: { form: 'events' } })
  const answer = await pipeline.answer(
    item,
    () => undefined,
    async (streamed) => {
      t.equal(isOpen, true)
      await read(streamed, tenant)
      t.equal(isOpen, true)
    },
  )
  return { tenant, answer, stopping }
}

t.test('whole', async (t) => {
  let text = ''
  const { answer } = await exporting(async ({ status, headers, stream }, tenant) => {
    t.equal(status, 200)
    t.match(headers, { 'content-type': 'application/x-ndjson' })
    t.match((await tenant.events()).at(-1), { action: 'audit.export', detail: { form: 'events' } })
    for await (const piece of stream) text += piece
  })
  t.equal(answer, null)
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { action: string })
  t.equal(lines.length, 41)
  t.equal(lines.at(-1)?.action, 'audit.export', 'itself the last')
})

t.test('suspended meanwhile', async (t) => {
  const { tenant, answer } = await exporting(async ({ stream }, tenant) => {
    await stream.next()
    await tenant.changeState({ status: tenantStatus.suspended })
    await t.rejects(drained(stream), { code: 'tenant_suspended' })
    throw new ApiError('tenant_suspended')
  })
  t.equal(answer, null)
  t.match(tenant.asked.logged, [{ message: 'a streamed answer was cut' }])
})

t.test('stopped meanwhile', async (t) => {
  const stopping = new AbortController()
  const tenant = await TestTenant.open({ services: fakeServices({ stopping: stopping.signal }) })
  for (let n = 0; n < 40; n++) await tenant.context.audit.append(eventOf({ n }))
  const { claims } = await tenant.signedIn(['pam_admin'])
  const item = itemOf('exportAudit', claims, tenant.tenant, { query: { form: 'events' } })
  await pipelineOf(tenant).answer(
    item,
    () => undefined,
    async ({ stream }) => {
      await stream.next()
      stopping.abort(new ApiError('shutting_down'))
      await t.rejects(drained(stream), { code: 'shutting_down' })
    },
  )
})

const drained = async (stream: AsyncGenerator<string, void>): Promise<void> => {
  while ((await stream.next()).done !== true) continue
}

t.test('what was refused is a problem, and no stream', async (t) => {
  const tenant = await TestTenant.open()
  const { claims } = await tenant.signedIn(['pam_user'])
  const query = { form: 'events', from: '2026-02-02T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' }
  const none = (): Promise<never> => Promise.reject(new Error('a stream'))
  const ask = (who: typeof claims) =>
    pipelineOf(tenant).answer(
      itemOf('exportAudit', who, tenant.tenant, { query }),
      () => undefined,
      none,
    )
  t.match(await ask(claims), { status: 403 })
  const auditor = await tenant.signedIn(['pam_auditor'])
  t.match(await ask(auditor.claims), { status: 400 })
})
