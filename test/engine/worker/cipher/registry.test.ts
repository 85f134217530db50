import t from 'tap'
import { purposes, retiredKinds, sealedFields } from '../../../../engine/worker/cipher/registry.js'
import { readVectors } from '../../../vectors/read.js'

const frozen = readVectors<{
  purposes: unknown
  sealedFields: Record<string, unknown>
  retiredKinds: number[]
}>('registry')

t.test('purposes are the frozen ones', async (t) => {
  t.same(purposes, frozen.purposes)
})

t.test('no sealed field is renumbered, renamed or removed', async (t) => {
  for (const [name, field] of Object.entries(frozen.sealedFields))
    t.same((sealedFields as Record<string, unknown>)[name], field, name)
})

t.test('every sealed field is frozen: append new ones to vectors/registry.json', async (t) => {
  t.same(Object.keys(sealedFields), Object.keys(frozen.sealedFields))
})

t.test('no two fields share kind and field, no table two kinds', async (t) => {
  const fields = Object.entries(sealedFields)
  t.equal(new Set(fields.map(([, { kind, field }]) => `${kind}.${field}`)).size, fields.length)
  const tables = new Map(fields.map(([name, { kind }]) => [name.split('.')[0], kind]))
  for (const [name, { kind }] of fields) t.equal(kind, tables.get(name.split('.')[0]), name)
  t.equal(new Set(tables.values()).size, tables.size)
})

t.test('a kind that was retired is never used again', async (t) => {
  t.same(retiredKinds, frozen.retiredKinds)
  for (const { kind } of Object.values(sealedFields)) t.notOk(retiredKinds.includes(kind))
})
