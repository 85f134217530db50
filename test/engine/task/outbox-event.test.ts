// What a tenant may tell the control database: a closed list, each of a closed shape, without any text of its own.
import t from 'tap'
import { newId } from '../../../engine/ids.js'
import { isOutboxEvent } from '../../../engine/task/outbox-event.js'

const id = newId()
const is = (type: unknown, data: unknown, time: unknown = 5): boolean =>
  isOutboxEvent({ id: newId(), type, time, data })

t.test('each in its shape', async (t) => {
  for (const type of ['user.created', 'user.deleted']) t.ok(is(type, { userId: id }), type)
  for (const type of ['resource.created', 'resource.deleted'])
    t.ok(is(type, { resourceId: id }), type)
  for (const type of ['module.enabled', 'module.disabled']) t.ok(is(type, { module: 'ssh' }), type)
  t.ok(is('setup.used', { setup: id }))
})

t.test('no other type', async (t) => {
  for (const type of [
    'tenant.provisioned',
    'usage.snapshot',
    '',
    'constructor',
    '__proto__',
    null,
    5,
  ])
    t.notOk(is(type, { userId: id }), String(type))
})

t.test('no other shape', async (t) => {
  const texts = [
    { userId: 'alice' },
    { userId: id, note: 'a text' },
    { text: id },
    {},
    null,
    [],
    id,
  ]
  for (const data of [...texts, { userId: { toString: id } }, { userId: id.toUpperCase() }])
    t.notOk(is('user.created', data), JSON.stringify(data))
  t.notOk(is('module.enabled', { module: 'constructor' }))
  t.notOk(is('user.created', JSON.parse(`{"__proto__":"${id}"}`)))
})

t.test('no other time', async (t) => {
  for (const time of [-1, 0.5, Number.NaN, Infinity, 8.64e15 + 1, '5', null])
    t.notOk(is('user.created', { userId: id }, time), String(time))
})
