import t from 'tap'
import {
  actions,
  actorTypes,
  outcomes,
  targetTypes,
} from '../../../../engine/worker/audit/actions.js'
import { readVectors } from '../../../vectors/read.js'

const frozen = readVectors<Record<string, Record<string, number>>>('audit-registry')
const present: Record<string, Record<string, number>> = {
  actions,
  actorTypes,
  targetTypes,
  outcomes,
}

t.same(Object.keys(frozen).sort(), Object.keys(present).sort())

for (const [name, numbers] of Object.entries(present)) {
  const kept = frozen[name] ?? {}
  t.test(`${name}: none is renumbered, renamed or removed`, async (t) => {
    for (const [each, number] of Object.entries(kept)) t.equal(numbers[each], number, each)
  })
  t.test(`${name}: all are frozen; append new ones to vectors/audit-registry.json`, async (t) => {
    t.same(Object.keys(numbers), Object.keys(kept))
  })
  t.test(`${name}: no number is used twice, and each fits its field`, async (t) => {
    const all = Object.values(numbers)
    t.equal(new Set(all).size, all.length)
    t.ok(all.every((number) => number >= 0 && number < (name === 'actions' ? 65_536 : 256)))
  })
}
