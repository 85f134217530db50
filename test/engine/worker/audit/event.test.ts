import t from 'tap'
import { actions } from '../../../../engine/worker/audit/actions.js'
import { type AuditEvent, toJson } from '../../../../engine/worker/audit/event.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import type { AuditRow } from '../../../../engine/worker/store/store.js'
import { freshTenant, open } from '../keys/fixture.js'
import { Bench, eventOf } from './fixture.js'

const stored = async (event: AuditEvent): Promise<{ bench: Bench; row: AuditRow }> => {
  const bench = new Bench()
  await bench.log().append(event)
  const [row] = await bench.events()
  if (!row) throw new Error('no event')
  return { bench, row }
}

t.test('an event is shown as it was told', async (t) => {
  const event = eventOf({ version: 3, note: 'Grüße 🔑 "x"' })
  const { bench, row } = await stored(event)
  t.same(toJson(bench.keys, row), {
    id: row.id,
    time: '2023-11-14T22:13:20.000Z',
    actor: event.actor,
    action: 'vault.secret.read',
    target: event.target,
    outcome: 'success',
    requestId: event.requestId,
    clientAddress: '192.0.2.7',
    detail: event.detail,
  })
})

t.test('what there is not is null', async (t) => {
  const { bench, row } = await stored({
    ...eventOf(),
    actor: { type: 'system', id: '', name: '' },
    target: { type: 'none', id: '' },
    requestId: '',
    clientAddress: '',
  })
  t.match(toJson(bench.keys, row), {
    actor: { type: 'system', id: null, name: null },
    target: { type: null, id: null },
    requestId: null,
    clientAddress: null,
    detail: {},
  })
})

t.test('every action, actor, target and outcome comes back under its name', async (t) => {
  for (const action of Object.keys(actions) as AuditEvent['action'][]) {
    const { bench, row } = await stored({ ...eventOf(), action, outcome: 'denied' })
    t.match(toJson(bench.keys, row), { action, outcome: 'denied' })
  }
})

t.test('names, reasons and addresses are only in the sealed detail', async (t) => {
  const secrets = ['alice', '192.0.2.7', 'a reason', '"written"']
  const { bench, row } = await stored(eventOf({ reason: 'a reason', written: [] }))
  const bytes = JSON.stringify({ ...row, detail: row.detail.toString('latin1') })
  for (const secret of secrets) t.notOk(bytes.includes(secret), secret)
  const shown = JSON.stringify(toJson(bench.keys, row))
  for (const secret of secrets) t.ok(shown.includes(secret), secret)
})

t.test(
  'a row that does not open, or says what no engine writes, is an integrity failure',
  async (t) => {
    const { bench, row } = await stored(eventOf())
    t.throws(() => toJson(open(freshTenant()), row), IntegrityError)
    for (const change of [
      { seq: 2 },
      { action: 0 },
      { outcome: 3 },
      { actorType: 9 },
      { targetType: 99 },
    ])
      t.throws(
        () => toJson(bench.keys, { ...row, ...change }),
        IntegrityError,
        JSON.stringify(change),
      )
  },
)
