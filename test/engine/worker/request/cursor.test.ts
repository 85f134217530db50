// A cursor is of one tenant and one spelling; anything else is 400, whatever it would do to a database.
import fc from 'fast-check'
import t from 'tap'
import { ApiError } from '../../../../engine/errors.js'
import { type TenantId, newId } from '../../../../engine/ids.js'
import { formatCursor, parseCursor } from '../../../../engine/worker/request/cursor.js'

const acme = newId() as TenantId
const contoso = newId() as TenantId

const refused = {
  code: 'validation_failed',
  violations: [{ pointer: '/query/after', message: 'is not a cursor of this list' }],
}

const number = fc.nat(Number.MAX_SAFE_INTEGER)
const positionAt = (time: number) => ({ time, chain: newId(), seq: 1 })

t.test('any position comes back', async () => {
  fc.assert(
    fc.property(number, fc.uuid(), number, (time, chain, seq) => {
      const found = parseCursor(acme, formatCursor(acme, { time, chain, seq }))
      return found.time === time && found.chain === chain && found.seq === seq
    }),
  )
})

t.test("another tenant's is none here", async (t) => {
  const position = positionAt(1)
  t.throws(() => parseCursor(contoso, formatCursor(acme, position)), refused)
})

t.test('a time or number that no database holds', async (t) => {
  const bytes = Buffer.from(formatCursor(acme, positionAt(0)), 'base64url')
  for (const offset of [16, 40])
    for (const number of [2n ** 53n, 2n ** 63n - 1n, 2n ** 63n]) {
      const other = Buffer.from(bytes)
      other.writeBigUInt64BE(number, offset)
      t.throws(() => parseCursor(acme, other.toString('base64url')), refused)
    }
})

t.test('one position has one spelling', async (t) => {
  const text = formatCursor(acme, positionAt(1))
  for (const other of [`${text}=`, ` ${text}`, `${text}\n`, `${text.slice(0, 9)}!${text.slice(9)}`])
    t.throws(() => parseCursor(acme, other), refused)
})

t.test('whatever else comes is refused, and no refusal repeats it', async () => {
  const texts = fc.oneof(
    fc.string(),
    fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseCursor(acme, text)
      } catch (error) {
        return error instanceof ApiError && error.code === 'validation_failed'
      }
      return false
    }),
  )
})

t.test('huge', async (t) => {
  t.throws(() => parseCursor(acme, 'A'.repeat(1_000_000)), refused)
})
