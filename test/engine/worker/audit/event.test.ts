import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { actions } from '../../../../engine/worker/audit/actions.js'
import { type AuditEvent, toJson } from '../../../../engine/worker/audit/event.js'
import type { RecordedEvent } from '../../../../engine/worker/audit/line.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import type { AuditBlock } from '../../../../engine/worker/store/store.js'
import { Bench, eventOf } from './fixture.js'

interface Stored {
  readonly block: AuditBlock
  readonly event: RecordedEvent
}

const stored = async (event: AuditEvent): Promise<Stored> => {
  const bench = new Bench()
  await bench.log().append(event)
  const [block] = await bench.blocks()
  const [recorded] = await bench.events()
  if (!block || !recorded) throw new Error('no event')
  return { block, event: recorded }
}

t.test('an event is shown as it was told', async (t) => {
  const told = eventOf({ version: 3, note: 'Grüße 🔑 "x"\n' })
  const { event } = await stored(told)
  t.same(toJson(event), {
    id: event.id,
    time: '2023-11-14T22:13:20.000Z',
    actor: told.actor,
    action: 'vault.secret.read',
    target: told.target,
    outcome: 'success',
    requestId: told.requestId,
    clientAddress: '192.0.2.7',
    detail: told.detail,
  })
})

t.test('what there is not is null', async (t) => {
  const { event } = await stored({
    ...eventOf(),
    actor: { type: 'system', id: '', name: '' },
    target: { type: 'none', id: '' },
    requestId: '',
    clientAddress: '',
  })
  t.match(toJson(event), {
    actor: { type: 'system', id: null, name: null },
    target: { type: null, id: null },
    requestId: null,
    clientAddress: null,
    detail: {},
  })
})

t.test('every action, actor, target and outcome comes back under its name', async (t) => {
  for (const action of Object.keys(actions) as AuditEvent['action'][]) {
    const { event } = await stored({ ...eventOf(), action, outcome: 'denied' })
    t.match(toJson(event), { action, outcome: 'denied' })
  }
})

t.test('the row of a block tells how many events there are and when, and no more', async (t) => {
  const told = eventOf({ reason: 'a reason', written: [] })
  const secrets = ['alice', '192.0.2.7', 'a reason', '"written"', told.actor.id, told.target.id]
  const { block, event } = await stored(told)
  const bytes = JSON.stringify(block, (_, value: unknown) =>
    Array.isArray(value) ? Buffer.from(value).toString('latin1') : value,
  )
  for (const secret of secrets) t.notOk(bytes.includes(secret), secret)
  const shown = JSON.stringify(toJson(event))
  for (const secret of secrets) t.ok(shown.includes(secret), secret)
})

t.test('what no engine writes is an integrity failure', async (t) => {
  const { event } = await stored(eventOf())
  for (const change of [{ action: 0 }, { outcome: 3 }, { actorType: 9 }, { targetType: 99 }])
    t.throws(() => toJson({ ...event, ...change }), IntegrityError, JSON.stringify(change))
})

t.test('an event that is longer than a block may be is refused alone', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const long = eventOf({ text: 'x'.repeat(256 * 1024) })
  const results = await Promise.allSettled([log.append(long), log.append(eventOf({ id: newId() }))])
  t.same(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled'],
  )
})
