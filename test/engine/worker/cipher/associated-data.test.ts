import t from 'tap'
import type { TenantId } from '../../../../engine/ids.js'
import { AssociatedData } from '../../../../engine/worker/cipher/associated-data.js'

const tenant = '11111111-2222-7333-8444-555566667777' as TenantId
const recordId = 'aabbccdd-eeff-7001-8203-040506070809'
const field = { kind: 0x0102, field: 0x0304, purpose: 'vault' } as const
const header = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')

t.test('is laid out in 70 bytes without delimiters', async (t) => {
  const bytes = new AssociatedData(tenant).of(header, {
    field,
    recordId,
    recordVersion: 2 ** 40 + 5,
  })
  t.equal(
    bytes.toString('hex'),
    [
      Buffer.from('RPPAM-AAD\x01').toString('hex'),
      header.toString('hex'),
      '11111111222273338444555566667777',
      '0102',
      '0304',
      'aabbccddeeff70018203040506070809',
      '0000010000000005',
    ].join(''),
  )
  t.equal(bytes.length, 70)
})

t.test('nothing of the record before is left', async (t) => {
  const reused = new AssociatedData(tenant)
  reused.of(Buffer.alloc(16, 0xff), { field, recordId, recordVersion: Number.MAX_SAFE_INTEGER })
  const place = { field: { ...field, kind: 1 }, recordId: tenant, recordVersion: 1 }
  t.same(reused.of(header, place), new AssociatedData(tenant).of(header, place))
})

t.test('refuses ids that are no UUID', async (t) => {
  const associated = new AssociatedData(tenant)
  for (const id of [
    '',
    'x',
    recordId.slice(1),
    `${recordId}0`,
    recordId.replaceAll('-', ''),
    recordId.replaceAll('-', '0'),
    recordId.replace('a', 'g'),
    recordId.replace('a', '/'),
    recordId.replace('a', 'A'),
    recordId.replace('a', '\u0661'),
    '-'.repeat(36),
  ])
    t.throws(() => associated.of(header, { field, recordId: id, recordVersion: 1 }), RangeError, id)
})

t.test('refuses versions that are no whole number', async (t) => {
  const associated = new AssociatedData(tenant)
  for (const recordVersion of [-1, 0.5, NaN, Infinity, 2 ** 53])
    t.throws(() => associated.of(header, { field, recordId, recordVersion }), RangeError)
})
