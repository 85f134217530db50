// The record format by itself, with one key: what the header says and what happens when it does not.
import fc from 'fast-check'
import t from 'tap'
import { newId, type TenantId } from '../../../../engine/ids.js'
import { AssociatedData, type Place } from '../../../../engine/worker/cipher/associated-data.js'
import {
  IntegrityError,
  openRecord,
  type RecordKey,
  recordOverhead,
  sealRecord,
} from '../../../../engine/worker/cipher/record.js'
import { purposes, sealedFields } from '../../../../engine/worker/cipher/registry.js'
import { openSuite, type SuiteId, suiteIds } from '../../../../engine/worker/cipher/suites.js'
import { record as reference, subkey } from './reference.js'

const tenant = newId() as TenantId
const associated = new AssociatedData(tenant)
const cek = Buffer.alloc(32, 5)
const key = (purpose: number): RecordKey => {
  const seal = Buffer.from(subkey(cek, purpose, 'seal'))
  return { version: 3, keyId: Buffer.from('keyid-08'), aead: (suite) => openSuite(suite, seal) }
}
const place: Place = { field: sealedFields['vault_entry.doc'], recordId: newId(), recordVersion: 1 }
const keyring = (known: RecordKey) => ({
  byVersion: (version: number) => (version === known.version ? known : undefined),
})
const sealAt = (suite: SuiteId, at: Place, content: unknown): Buffer =>
  sealRecord(key(purposes[at.field.purpose]), suite, associated, at, content)
const openAt = (at: Place, record: Buffer): unknown =>
  openRecord(keyring(key(purposes[at.field.purpose])), associated, at, record)

for (const [name, suite] of Object.entries(suiteIds)) {
  t.test(`${name}: opens what it sealed, byte for byte as the reference seals it`, async () => {
    const places = fc.record({
      field: fc.constantFrom(...Object.values(sealedFields)).filter((f) => f.purpose !== 'secrets'),
      recordId: fc.uuid(),
      recordVersion: fc.maxSafeNat(),
    })
    fc.assert(
      fc.property(places, fc.jsonValue(), (at, value) => {
        const record = sealAt(suite, at, value)
        const { kind, field, purpose } = at.field
        const plan = {
          ...at,
          suite,
          purpose: purposes[purpose],
          keyVersion: 3,
          tenant,
          kind,
          field,
        }
        const content = Buffer.from(JSON.stringify(value))
        const keyId = Buffer.from('keyid-08')
        const wanted = reference(cek, { ...plan, keyId }, record.subarray(16, 40), content)
        const opened = openAt(at, record)
        return (
          record.equals(wanted) &&
          JSON.stringify(opened) === JSON.stringify(JSON.parse(content.toString()))
        )
      }),
      { numRuns: 60 },
    )
  })

  t.test(
    `${name}: every single changed byte of header, nonce, ciphertext and tag fails`,
    async (t) => {
      const record = sealAt(suite, place, { name: 'root' })
      t.equal(record.length, recordOverhead + 64)
      for (let i = 0; i < record.length; i++)
        for (const mask of [1, 0x80, 0xff]) {
          const changed = Buffer.from(record)
          changed[i] = (changed[i] as number) ^ mask
          t.throws(() => openAt(place, changed), IntegrityError, `byte ${i}`)
        }
    },
  )

  t.test(`${name}: tags of 4, 8 and 12 bytes and short blobs fail`, async (t) => {
    const record = sealAt(suite, place, { name: 'root' })
    for (const tag of [0, 4, 8, 12, 15])
      t.throws(() => openAt(place, record.subarray(0, record.length - 16 + tag)), IntegrityError)
    for (let length = 0; length <= recordOverhead; length++)
      t.throws(() => openAt(place, record.subarray(0, length)), IntegrityError)
    t.throws(() => openAt(place, Buffer.concat([record, Buffer.alloc(1)])), IntegrityError)
    t.throws(() => openAt(place, Buffer.alloc(1_000_000)), IntegrityError)
  })
}

t.test('the other suite, or one that does not exist, is not tried', async (t) => {
  const record = sealAt(suiteIds['xaes-256-gcm'], place, 'x')
  for (const suite of [0, 2, 3, 255]) {
    record[1] = suite
    t.throws(() => openAt(place, record), IntegrityError)
  }
})

t.test('exactly one key is tried', async (t) => {
  const record = sealAt(suiteIds['xaes-256-gcm'], place, 'x')
  const asked: number[] = []
  const byVersion = (version: number): RecordKey => {
    asked.push(version)
    return { ...key(1), keyId: Buffer.from('keyid-09') }
  }
  t.throws(() => openRecord({ byVersion }, associated, place, record), IntegrityError)
  t.same(asked, [3])
})

t.test('content that is no framed JSON does not open, though its tag is right', async (t) => {
  const { kind, field } = place.field
  const keyId = Buffer.from('keyid-08')
  const plan = { ...place, suite: 1, purpose: 1, keyVersion: 3, keyId, tenant, kind, field }
  for (const content of ['', '{', 'undefined', '{"a":1}x'])
    t.throws(
      () => openAt(place, reference(cek, plan, Buffer.alloc(24, 1), Buffer.from(content))),
      IntegrityError,
    )
})

t.test('another format byte or flag is refused even where the tag is right', async (t) => {
  const { kind, field } = place.field
  const keyId = Buffer.from('keyid-08')
  const plan = { ...place, suite: 1, purpose: 1, keyVersion: 3, keyId, tenant, kind, field }
  const seal = (change: object): Buffer =>
    reference(cek, { ...plan, ...change }, Buffer.alloc(24, 1), Buffer.from('"x"'))
  t.equal(openAt(place, seal({})), 'x')
  for (const change of [{ flags: 1 }, { flags: 128 }, { formatByte: 0 }, { formatByte: 2 }])
    t.throws(() => openAt(place, seal(change)), IntegrityError, JSON.stringify(change))
})

t.test(
  'an id or version that names no row is refused, whole content is sealed or none',
  async (t) => {
    t.throws(() => sealAt(1, { ...place, recordId: 'x' }, 'x'), RangeError)
    t.throws(() => sealAt(1, { ...place, recordVersion: -1 }, 'x'), RangeError)
    t.throws(() => sealAt(1, place, undefined), TypeError)
    const record = sealAt(1, place, 'x')
    t.throws(() => openAt({ ...place, recordId: 'x' }, record), IntegrityError)
    t.throws(() => openAt({ ...place, recordVersion: NaN }, record), IntegrityError)
  },
)

t.test('one seal leaves nothing in the next', async (t) => {
  sealAt(1, place, 'x'.repeat(3000))
  t.equal(openAt(place, sealAt(1, place, 'y')), 'y')
  t.equal(openAt(place, sealAt(1, place, 'z'.repeat(10_000))), 'z'.repeat(10_000))
})
