// What an answer of the database is worth beside what this worker has seen: FORMATS §6, "Reading", case by case.
import t from 'tap'
import { sha256 } from '../../../../engine/worker/audit/sha256.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { PresentState } from '../../../../engine/worker/context/present-state.js'
import {
  openState,
  sealState,
  type TenantState,
  tenantStatus,
} from '../../../../engine/worker/context/tenant-state.js'
import type { Keyring } from '../../../../engine/worker/keys/keyring.js'
import { noState, type StoredState } from '../../../../engine/worker/store/store.js'
import { freshTenant, open } from '../keys/fixture.js'

const keys = open(freshTenant())
const { active, suspended } = tenantStatus

const stored = (accessEpoch: number, more: Partial<TenantState> = {}, by = keys): StoredState => {
  const state = { status: active, accessEpoch, tokenGeneration: 1, ...more }
  return { accessEpoch, sealed: sealState(by, state) }
}

/** The same keys, which count what they open. */
const countingKeys = () => {
  const opened: number[] = []
  const counting = Object.assign(Object.create(keys) as Keyring, {
    tenant: keys.tenant,
    seal: keys.seal.bind(keys),
    open: (...args: Parameters<Keyring['open']>) => {
      opened.push(args[2])
      return keys.open(...args)
    },
  })
  return { counting, opened }
}

t.test('equal bytes: the same, and not opened again', async (t) => {
  const { counting, opened } = countingKeys()
  const at5 = stored(5)
  const present = PresentState.open(counting, at5)
  for (let i = 0; i < 100; i++) {
    const copy = { accessEpoch: 5, sealed: Buffer.from(at5.sealed) }
    t.equal(present.observe(copy, present.stored), false)
  }
  t.same(opened, [5])
})

t.test('above: the new one, opened once', async (t) => {
  const { counting, opened } = countingKeys()
  const present = PresentState.open(counting, stored(5))
  const at7 = stored(7, { status: suspended, tokenGeneration: 2 })
  t.equal(present.observe(at7, present.stored), true)
  t.same(present.state, { status: suspended, accessEpoch: 7, tokenGeneration: 2 })
  t.equal(present.observe(at7, present.stored), false)
  t.same(opened, [5, 7])
})

const at5 = stored(5)
const flippedBytes = Buffer.from(at5.sealed)
flippedBytes[60]! ^= 1
const denied: [string, StoredState][] = [
  ['the row is missing, or there twice', noState],
  ['below what was seen when the statement was sent', stored(4)],
  ['far below', stored(1)],
  ['the same epoch, sealed anew', stored(5)],
  ['the same epoch, another status', stored(5, { status: suspended })],
  ['the same epoch, one bit flipped', { accessEpoch: 5, sealed: flippedBytes }],
  ['the same epoch, cut', { accessEpoch: 5, sealed: at5.sealed.subarray(0, 60) }],
  ['the same bytes at a higher epoch', { accessEpoch: 6, sealed: at5.sealed }],
  ['the same bytes at a lower epoch', { accessEpoch: 4, sealed: at5.sealed }],
  ["another tenant's", stored(9, {}, open(freshTenant()))],
  ['no number', { accessEpoch: Number.NaN, sealed: at5.sealed }],
  [
    'a number that cannot be counted on',
    { accessEpoch: Number.MAX_SAFE_INTEGER + 1, sealed: at5.sealed },
  ],
]
for (const [name, answered] of denied)
  t.test(`${name}: denies, and what was seen stays`, async (t) => {
    const present = PresentState.open(keys, at5)
    t.throws(() => present.observe(answered, present.stored), IntegrityError)
    t.equal(present.stored, at5)
    t.equal(present.observe(at5, present.stored), false, 'put back, reads go on')
    t.equal(present.observe(stored(6), present.stored), true)
  })

t.test('overtaken on the way: neither denies nor changes anything', async (t) => {
  const [at6, at8] = [stored(6), stored(8)]
  const present = PresentState.open(keys, at5)
  const sent = present.stored
  present.observe(at8, sent)
  for (const answered of [at5, at6]) t.equal(present.observe(answered, sent), false)
  t.equal(present.state.accessEpoch, 8)
  t.throws(() => present.observe(stored(4), sent), IntegrityError, 'below what was sent')
  t.throws(() => present.observe(stored(5), sent), IntegrityError, 'other bytes at that epoch')
  t.throws(() => present.observe(stored(8), sent), IntegrityError, 'other bytes at the newest')
  t.throws(() => present.observe(at6, present.stored), IntegrityError, 'asked after the newest')
})

t.test('at open, a floor from elsewhere', async (t) => {
  const floor = { accessEpoch: 5, digest: sha256(at5.sealed) }
  t.equal(PresentState.open(keys, at5, floor).state.accessEpoch, 5)
  t.equal(PresentState.open(keys, stored(6), floor).state.accessEpoch, 6)
  t.throws(() => PresentState.open(keys, stored(5), floor), IntegrityError, 'other bytes')
  t.throws(() => PresentState.open(keys, stored(4), floor), IntegrityError, 'below')
  t.throws(() => PresentState.open(keys, noState), IntegrityError, 'nothing')
})

t.test('raised: sealed for the next epoch, with what changes', async (t) => {
  const present = PresentState.open(keys, stored(5, { tokenGeneration: 3 }))
  const opened = ({ raised }: ReturnType<PresentState['raise']>) =>
    openState(keys, { accessEpoch: 6, sealed: raised ?? Buffer.alloc(0) })
  const plain = present.raise()
  t.equal(plain.expected, present.stored)
  t.same(opened(plain), { status: active, accessEpoch: 6, tokenGeneration: 3 })
  const change = { status: suspended, tokenGeneration: 4 }
  t.same(opened(present.raise(change)), { ...change, accessEpoch: 6 })
  t.throws(() => present.raise({ tokenGeneration: 2 }), RangeError)
  t.same(present.guard(), { expected: present.stored, raised: null })
  t.equal(present.state.accessEpoch, 5, 'until an answer says so')
})

t.test('unfounded: the first raise seals epoch 1', async (t) => {
  const present = PresentState.unfounded(keys, 4)
  t.equal(present.observe(noState, present.stored), false)
  const { expected, raised } = present.raise()
  t.same(expected, noState)
  t.equal(present.observe({ accessEpoch: 1, sealed: raised! }, present.stored), true)
  t.same(present.state, { status: active, accessEpoch: 1, tokenGeneration: 4 })
})
