// What a body asks for becomes canonical, within the limits; no refusal repeats it.
import fc from 'fast-check'
import t from 'tap'
import type { ApiError } from '../../../../engine/errors.js'
import { contentOf } from '../../../../engine/worker/vault/entry.js'
import { contentOf as sample, limits } from '../../../support/tenant-context.js'

const refusal = (pointer: string) => ({
  code: 'validation_failed',
  violations: [{ pointer }],
})
const made = { name: 'root', type: 'password' } as const

t.test('what a new entry leaves out', async (t) => {
  t.same(contentOf(made, limits, made), { ...made, folder: '/', tags: [], fields: {} })
})

t.test('what an update leaves out stays, what it gives replaces as a whole', async (t) => {
  const present = sample({ tags: ['a', 'b'] })
  t.same(contentOf({}, limits, present), present)
  const { fields, tags } = contentOf({ fields: { pin: '1' }, tags: [] }, limits, present)
  t.same({ fields, tags }, { fields: { pin: '1' }, tags: [] })
})

t.test('names, folders and tags in canonical form', async (t) => {
  const typed = { ...made, name: 'A\u030A', folder: '/cafe\u0301', tags: ['n\u0303'] }
  t.match(contentOf(typed, limits, typed), {
    name: '\u00C5',
    folder: '/caf\u00E9',
    tags: ['\u00F1'],
  })
})

t.test('what no entry may be called', async (t) => {
  const with_ = (body: object) => () => contentOf({ ...made, ...body }, limits, made)
  for (const name of ['', 'a/b', '..', ' a', 'a\u0000', '\u202Ea', 'a'.repeat(256)])
    t.throws(with_({ name }), refusal('/name'), JSON.stringify(name.slice(0, 9)))
  for (const folder of ['', 'prod', '/prod/', '//', '/a//b', '/../etc', '/./a'])
    t.throws(with_({ folder }), refusal('/folder'), folder)
  for (const tag of ['', ' ', 'a\n']) t.throws(with_({ tags: ['ok', tag] }), refusal('/tags/*'))
})

t.test('tags are unique in canonical form', async (t) => {
  const tags = (...tags: string[]) => contentOf({ ...made, tags }, limits, made)
  t.throws(() => tags('caf\u00E9', 'cafe\u0301'), refusal('/tags'))
  t.same(tags('cafe\u0301', 'Cafe\u0301').tags, ['caf\u00E9', 'Caf\u00E9'])
})

t.test('limits count the content, not its JSON', async (t) => {
  for (const text of ['\u0000', '"', '\\', 'a'])
    t.doesNotThrow(() => contentOf({ fields: { a: text.repeat(65_536) } }, limits, sample()), text)
  const fields = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, '\n'.repeat(60_000)]))
  t.doesNotThrow(() => contentOf({ ...made, fields }, limits, made))
  const exact = { ...limits, entryBytes: 20 }
  const named = (value: string) => () =>
    contentOf({ ...made, folder: '/abc', tags: ['\u00e9'], fields: { 'k"': value } }, exact, made)
  t.doesNotThrow(named('12345678'), 'name 4, folder 4, tag 2, key 2, value 8')
  t.throws(named('123456789'), refusal(''))
})

t.test('limits count bytes, not characters', async (t) => {
  const small = { ...limits, fieldBytes: 10, entryBytes: 100 }
  const fields = (value: string) => () => contentOf({ ...made, fields: { a: value } }, small, made)
  t.doesNotThrow(fields('a'.repeat(10)))
  t.doesNotThrow(fields('€€€a'))
  t.throws(fields('€€€€'), refusal('/fields/*'))
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`field${n}`, 'x']))
  t.throws(() => contentOf({ ...made, fields: many }, small, made), refusal(''))
})

t.test('an update may not make it larger than a new one may be', async (t) => {
  const small = { ...limits, entryBytes: 200 }
  const present = sample({ fields: { a: 'x'.repeat(150) } })
  t.throws(() => contentOf({ name: 'n'.repeat(100) }, small, present), refusal(''))
})

t.test('no refusal repeats what was typed', async () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6, unit: 'binary' }), (text) => {
      try {
        contentOf({ ...made, name: `${text}/`, folder: text, tags: [text] }, limits, made)
      } catch (error) {
        const { code, violations, detail } = error as ApiError
        return code === 'validation_failed' && !JSON.stringify([violations, detail]).includes(text)
      }
      return false
    }),
  )
})
