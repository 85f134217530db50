// Who starts an operation waits as long as asked and no longer than may be; what is no such wish is ignored.
import fc from 'fast-check'
import t from 'tap'
import { type TenantId, newId } from '../../../../engine/ids.js'
import {
  type Starting,
  startedAnswer,
  waitOf,
} from '../../../../engine/worker/control/started-answer.js'
import type { TenantLifecycle } from '../../../../engine/worker/control/tenant-record.js'
import { TestTenant } from '../../../support/tenant-context.js'
import { recordOf } from './fixture.js'

t.test('RFC 7240', async (t) => {
  const cases: readonly (readonly [string | undefined, number | null])[] = [
    ['wait=10', 10],
    ['wait=0', 0],
    ['WAIT = 10', 10],
    ['wait="10"', 10],
    ['respond-async, wait=10', 10],
    ['wait=10, respond-async', 10],
    ['wait=10; strict', 10],
    ['wait=5, wait=10', 5],
    ['wait=999999', 30],
    [undefined, null],
    ['', null],
    ['wait', null],
    ['wait=', null],
    ['wait=-1', null],
    ['wait=1.5', null],
    ['wait=1e3', null],
    ['wait=ten', null],
    ['await=10', null],
    ['x; wait=10', null],
    ['wait=10x', null],
    ['wait=1234567', null],
  ]
  for (const [prefer, seconds] of cases) t.equal(waitOf(prefer, 30), seconds, String(prefer))
})

t.test('any number of seconds among other preferences', async () => {
  const token = fc.stringMatching(/^[a-z]{1,8}-x$/)
  fc.assert(
    fc.property(fc.nat(999_999), fc.nat(600), fc.array(token), fc.array(token), (n, max, a, b) =>
      Object.is(waitOf([...a, `wait=${n}`, ...b].join(', '), max), Math.min(n, max)),
    ),
  )
})

t.test('whatever comes: null, or whole seconds within the limit; and quickly', async () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const seconds = waitOf(text, 30)
      return seconds === null || (Number.isInteger(seconds) && seconds >= 0 && seconds <= 30)
    }),
  )
  for (const text of ['wait' + ' '.repeat(50_000), ','.repeat(50_000), 'wait=1'.repeat(10_000)])
    waitOf(text, 30)
})

const setUp = async (status: TenantLifecycle, ends: boolean) => {
  const { context } = await TestTenant.open()
  const waited: number[] = []
  let released = 0
  const record = recordOf('acme', status)
  const starting: Starting = {
    wait: async (_id, milliseconds) => {
      waited.push(milliseconds)
      return ends
    },
    directory: { get: async () => record },
  }
  const operation = newId()
  const ask = (prefer?: string) =>
    startedAnswer(
      {
        context,
        headers: prefer === undefined ? {} : { prefer },
        releaseBatchSlot: () => released++,
      },
      starting,
      record.id as TenantId,
      operation,
    )
  return { ask, waited, operation, releases: () => released }
}

t.test('202 at once without a wish', async (t) => {
  const { ask, waited, operation, releases } = await setUp('provisioning', false)
  t.match(await ask(), {
    status: 202,
    headers: { location: `/api/v1/msp/operations/${operation}`, 'preference-applied': undefined },
    body: { status: 'provisioning', operationId: operation },
  })
  t.same(waited, [])
  t.equal(releases(), 1, 'no batch place is held meanwhile')
})

t.test('201 when it ended well in time', async (t) => {
  const { ask, waited } = await setUp('active', true)
  t.match(await ask('wait=60'), { status: 201, headers: { 'preference-applied': 'wait=30' } })
  t.same(waited, [30_000])
})

t.test('202 when time ran out, or it failed', async (t) => {
  t.equal((await (await setUp('provisioning', false)).ask('wait=1')).status, 202)
  t.match(await (await setUp('failed', true)).ask('wait=1'), {
    status: 202,
    body: { status: 'failed' },
  })
})
