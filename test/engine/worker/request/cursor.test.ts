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

t.test('any position comes back', async () => {
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), fc.uuid(), (time, id) => {
      const found = parseCursor(acme, formatCursor(acme, { time, id }))
      return found.time === time && found.id === id
    }),
  )
})

t.test("another tenant's is none here", async (t) => {
  const position = { time: 1, id: newId() }
  t.throws(() => parseCursor(contoso, formatCursor(acme, position)), refused)
})

t.test('a time that no database holds', async (t) => {
  const bytes = Buffer.from(formatCursor(acme, { time: 0, id: newId() }), 'base64url')
  for (const time of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
    bytes.writeBigUInt64BE(time, 16)
    t.throws(() => parseCursor(acme, bytes.toString('base64url')), refused)
  }
})

t.test('one position has one spelling', async (t) => {
  const text = formatCursor(acme, { time: 1, id: newId() })
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
