import fc from 'fast-check'
import t from 'tap'
import {
  CanonicalError,
  type CanonicalFault,
  canonicalFolder,
  canonicalName,
  canonicalText,
  canonicalUsername,
} from '../../../../engine/worker/keys/canonical.js'

type Form = (text: string) => string
const faultOf = (form: Form, text: string): CanonicalFault | undefined => {
  try {
    form(text)
    return undefined
  } catch (error) {
    if (!(error instanceof CanonicalError)) throw error
    return error.fault
  }
}

t.test('text: one form for what looks the same, case kept', async (t) => {
  t.equal(canonicalText('Bu\u0308ro'), 'B\u00fcro')
  t.equal(canonicalText('\u212b'), '\u00e5'.toUpperCase())
  t.equal(canonicalText('Root'), 'Root')
  t.equal(canonicalText('a  b'), 'a  b')
  t.equal(canonicalText('👩💻 крыша'), '👩💻 крыша')
  t.equal(canonicalText('x'.repeat(255)).length, 255)
})

t.test('text: what is refused', async (t) => {
  const refused: [string, CanonicalFault][] = [
    ['', 'empty'],
    ['x'.repeat(256), 'too_long'],
    ['ü'.repeat(128), 'too_long'],
    ['x'.repeat(1_000_000), 'too_long'],
    ['\u0344'.repeat(64), 'too_long'],
    [' a', 'edge_space'],
    ['a ', 'edge_space'],
    ['a\u00a0', 'edge_space'],
    ['\ufeffa', 'ignorable_character'],
    ['\u3000', 'edge_space'],
    ['a\tb', 'control_character'],
    ['a\0', 'control_character'],
    ['a\n', 'control_character'],
    ['a\u0085b', 'control_character'],
    ['a\u2028b', 'control_character'],
    ['\u202egpj', 'bidirectional_character'],
    ['a\u200fb', 'bidirectional_character'],
    ['a\u2067b', 'bidirectional_character'],
    ['a\u061cb', 'bidirectional_character'],
    ['a\u200db', 'ignorable_character'],
    ['a\u200bb', 'ignorable_character'],
    ['ro\u00adot', 'ignorable_character'],
    ['❤\ufe0f', 'ignorable_character'],
    ['a\u034f', 'ignorable_character'],
    ['a\u3164', 'ignorable_character'],
    ['a\u{e0061}', 'ignorable_character'],
    ['a\ufeffb', 'ignorable_character'],
    ['\ud800', 'ill_formed'],
    ['a\udc00b', 'ill_formed'],
    ['\uffff', 'ill_formed'],
    ['\u0378', 'ill_formed'],
  ]
  for (const [text, fault] of refused) t.equal(faultOf(canonicalText, text), fault, fault)
})

t.test('name: no slash, no dot segment', async (t) => {
  t.equal(canonicalName('...'), '...')
  t.equal(canonicalName('.profile'), '.profile')
  t.equal(faultOf(canonicalName, 'a/b'), 'slash')
  t.equal(faultOf(canonicalName, '/'), 'slash')
  t.equal(faultOf(canonicalName, '.'), 'dot_segment')
  t.equal(faultOf(canonicalName, '..'), 'dot_segment')
  t.equal(faultOf(canonicalName, ''), 'empty')
})

t.test('folder: absolute, no empty or dot segments, edges of every segment clean', async (t) => {
  for (const folder of ['/', '/prod', '/prod/db', '/a b/ü'])
    t.equal(canonicalFolder(folder), folder)
  t.equal(canonicalFolder('/Bu\u0308ro'), '/B\u00fcro')
  const refused: [string, CanonicalFault][] = [
    ['', 'not_absolute'],
    ['prod', 'not_absolute'],
    ['\\prod', 'not_absolute'],
    ['//', 'empty_segment'],
    ['/prod/', 'empty_segment'],
    ['/prod//db', 'empty_segment'],
    ['/.', 'dot_segment'],
    ['/prod/../db', 'dot_segment'],
    ['/prod/./db', 'dot_segment'],
    ['/prod /db', 'edge_space'],
    ['/ prod', 'edge_space'],
    [`/${'x'.repeat(255)}`, 'too_long'],
  ]
  for (const [text, fault] of refused) t.equal(faultOf(canonicalFolder, text), fault, text)
})

t.test('username: lower-cased by ASCII alone', async (t) => {
  t.equal(canonicalUsername('Ada.Lovelace+x@Example-1.COM'), 'ada.lovelace+x@example-1.com')
  for (const text of ['a b', 'ä', '\u212a', '\u0130', 'a/b', 'a\n', 'a\u0301', '"'])
    t.equal(faultOf(canonicalUsername, text), 'username_character', text)
  t.equal(faultOf(canonicalUsername, ''), 'empty')
  t.equal(faultOf(canonicalUsername, 'x'.repeat(256)), 'too_long')
})

t.test('a canonical form is its own canonical form, and refusals are always ours', async () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
  const forms: Form[] = [canonicalText, canonicalName, canonicalUsername, canonicalFolder]
  fc.assert(
    fc.property(text, fc.constantFrom(...forms), (any, form) => {
      const input = form === canonicalFolder ? `/${any}` : any
      if (faultOf(form, input)) return true
      const once = form(input)
      return form(once) === once && Buffer.byteLength(once) <= 255
    }),
    { numRuns: 1000 },
  )
})

t.test('no message repeats the text', async (t) => {
  for (const form of [canonicalName, canonicalFolder, canonicalUsername])
    t.throws(() => form(' geheim/'), { message: /^must / })
  t.notMatch(new CanonicalError('slash').message, 'geheim')
})
