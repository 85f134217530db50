// An operation's row: sealed, by version, and its token shown to who asked, until used, replaced or expired.
import t from 'tap'
import { type TenantId, newId } from '../../../../engine/ids.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import {
  type OperationRecord,
  insertOperation,
  newOperation,
  openOperation,
  provisioningSteps,
  updateOperation,
} from '../../../../engine/worker/control/operation-record.js'
import { operationJson } from '../../../../engine/worker/control/operation-json.js'
import type { IssuedSetup } from '../../../../engine/worker/control/tenant-record.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'
import { installationKeys, recordOf } from './fixture.js'

const keys = installationKeys()
const asker = newId()
const setup = { id: newId(), token: 'rpst_token', issuedTime: 1_000, expiresTime: 5_000 }
const made = newOperation(
  newId(),
  newId() as TenantId,
  asker,
  { adminUsername: 'it@acme.example', setup },
  1_000,
)
const done: OperationRecord = { ...made, status: 'succeeded', finishedTime: 2_000 }
const issued: IssuedSetup = {
  id: setup.id,
  issuedTime: 1_000,
  issuedBy: 'admin',
  usedTime: null,
  reissued: false,
}
const tenant = recordOf('acme', 'active', { setup: [issued] })

const shows = (operation: OperationRecord, of: typeof tenant | null, viewer = asker, now = 4_999) =>
  operationJson(operation, of, viewer, now).result?.setupToken === setup.token

t.test('the token: to who asked, while it can be used', async (t) => {
  t.ok(shows(done, tenant))
  t.notOk(shows(done, tenant, newId()), 'another msp-admin')
  t.notOk(shows(done, tenant, asker, 5_000), 'expired')
  t.notOk(shows(made, tenant), 'before it is done')
  t.notOk(shows({ ...done, status: 'failed' }, tenant), 'failed')
  t.notOk(shows(done, { ...tenant, setup: [{ ...issued, usedTime: 3_000 }] }), 'used')
  t.notOk(shows(done, { ...tenant, setup: [issued, { ...issued, id: newId() }] }), 'replaced')
  t.notOk(shows(done, { ...tenant, setup: [] }), 'not on record')
  t.notOk(shows(done, null), 'the tenant is gone')
})

t.test('others see that it is done, and the name of the administrator', async (t) => {
  const { result } = operationJson(done, tenant, newId(), 0)
  t.same(result, { adminUsername: 'it@acme.example' })
})

t.test('steps as they go', async (t) => {
  const steps = made.steps.map((step, n) =>
    n === 1
      ? { ...step, startedTime: 1, finishedTime: 2 }
      : n === 2
        ? { ...step, startedTime: 3 }
        : step,
  )
  const shown = operationJson({ ...made, steps }, null, asker, 0)
  t.same(
    shown.steps.map(({ name }) => name),
    provisioningSteps,
  )
  t.same(
    shown.steps.slice(0, 4).map(({ status }) => status),
    ['succeeded', 'succeeded', 'running', 'pending'],
  )
  t.equal(shown.progress, 0.25)
  const failed = steps.map((step, n) =>
    n === 2 ? { ...step, finishedTime: 4, error: 'database_unavailable' as const } : step,
  )
  t.match(operationJson({ ...made, steps: failed }, null, asker, 0), {
    progress: 0.25,
    steps: { 2: { status: 'failed', error: { code: 'database_unavailable' } } },
  })
})

t.test('written, opened, taken one version on; of two at once, one', async (t) => {
  const store = createMemoryStore()
  await store.put([insertOperation(keys, made)])
  const read = async () => (await store.read('operation', [made.id]))[0]!
  t.same(openOperation(keys, await read()), made)
  const next = updateOperation(keys, made, { status: 'succeeded', finishedTime: 9 }, 9)
  await store.put([next.change])
  t.same(openOperation(keys, await read()), next.operation)
  t.match(await read(), { version: 2, state: 1, parent: made.tenant })
  const late = updateOperation(keys, made, { status: 'failed' }, 9)
  await t.rejects(store.put([late.change]), { code: 'stale' })
})

t.test('neither token nor names stand in the row, and another row’s do not open', async (t) => {
  const store = createMemoryStore()
  const other = { ...made, id: newId() }
  await store.put([insertOperation(keys, made), insertOperation(keys, other)])
  const rows = await store.read('operation', [made.id, other.id])
  const [row, second] = rows.sort((a) => (a.id === made.id ? -1 : 1)) as [never, never]
  const { doc, secret } = row as { doc: Buffer; secret: Buffer }
  t.notOk(Buffer.concat([doc, secret]).includes('rpst_token'))
  t.notOk(Buffer.concat([doc, secret]).includes('acme'))
  const theirs = (second as { secret: Buffer }).secret
  t.throws(
    () => openOperation(keys, { ...(row as object), secret: theirs } as never),
    IntegrityError,
  )
})
