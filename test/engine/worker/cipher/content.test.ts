import fc from 'fast-check'
import t from 'tap'
import { contentText, secretContentText } from '../../../../engine/worker/cipher/content.js'

t.test('is read back by any JSON parser', async () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.stringify(value)
      const read = (text: string): string => JSON.stringify(JSON.parse(text))
      const canonical = read(plain)
      return read(contentText(value)) === canonical && read(secretContentText(value)) === canonical
    }),
  )
})

t.test('the length of a string shows in steps of 64 only, in any company', async () => {
  const others = fc.dictionary(fc.string({ maxLength: 30 }), fc.string({ maxLength: 90 }))
  fc.assert(
    fc.property(others, fc.integer({ min: 0, max: 62 }), (fields, length) => {
      const of = (password: string): number =>
        Buffer.byteLength(secretContentText({ ...fields, password }))
      return of('x'.repeat(length)) === of('')
    }),
  )
})

t.test('leaves out what JSON leaves out', async (t) => {
  t.same(JSON.parse(secretContentText({ a: undefined, b: null, c: 'x' })), { b: null, c: 'x' })
  t.equal(secretContentText({}), '{}')
})

t.test('refuses what has no JSON form', async (t) => {
  for (const value of [undefined, () => 1, Symbol('x')]) {
    t.throws(() => contentText(value), TypeError)
    t.throws(() => secretContentText(value), TypeError)
  }
  t.throws(() => secretContentText({ a: () => 1 }), TypeError)
})
