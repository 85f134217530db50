// RFC 8265 §4.3's examples, the classes of RFC 8264 and the contexts of RFC 5892; no refusal repeats the password.
import fc from 'fast-check'
import t from 'tap'
import {
  type OpaqueString,
  PasswordError,
  opaqueString,
} from '../../../../engine/worker/identity/opaque-string.js'

const formOf = (password: string): OpaqueString | null => {
  try {
    return opaqueString(password)
  } catch (error) {
    if (error instanceof PasswordError) return null
    throw error
  }
}

t.test('table 4: legal passwords', async (t) => {
  const asTheyAre = ['correct horse battery staple', 'Correct Horse Battery Staple']
  for (const password of [...asTheyAre, '\u03c0\u00df\u00e5', 'Jack of \u2666s'])
    t.equal(formOf(password), password)
  t.equal(formOf('foo\u1680bar'), 'foo bar')
})

t.test('table 5: illegal passwords', async (t) => {
  for (const password of ['', 'my cat is a \tby']) t.equal(formOf(password), null)
})

t.test('spaces are mapped, accents composed; case and width are not', async (t) => {
  for (const space of '\u00a0\u2000\u2003\u2007\u202f\u205f\u3000')
    t.equal(formOf(`a${space}b`), 'a b')
  t.equal(formOf(' a  b '), ' a  b ')
  t.equal(formOf('Bu\u0308ro'), 'B\u00fcro')
  t.equal(formOf('\u1112\u1161\u11ab'), '\ud55c', 'a syllable in pieces')
  t.equal(formOf('\uff21\ufb01'), '\uff21\ufb01')
})

t.test('what no password holds', async (t) => {
  const refused = {
    control: '\u0000\u001f\u007f\u0085',
    'line separator': '\u2028\u2029',
    invisible: '\u00ad\u034f\u200b\u200c\u200d\u200e\u2060\ufe0f\ufeff\u3164\u{e0020}',
    format: '\u0600\u06dd\ufff9',
    'private use': '\ue000\u{f0000}',
    surrogate: '\ud800\udc00'.slice(0, 1),
    unassigned: '\u0378\ufdd0\uffff\u{1ffff}',
    'old hangul jamo': '\u1100\u11ff\ua960\ud7b0\ud7fb',
    exception: '\u0640\u07fa\u302e\u3031\u303b',
  }
  for (const [name, characters] of Object.entries(refused))
    for (const character of characters)
      t.equal(formOf(`a${character}b`), null, `${name} ${character.codePointAt(0)!.toString(16)}`)
  for (const character of '\u06fd\u06fe\u0f0b\u3007\u03c2') t.ok(formOf(character))
})

t.test('what needs a neighbour', async (t) => {
  const pairs: [legal: string, illegal: string][] = [
    ['l\u00b7l', 'l\u00b7a'],
    ['\u0375\u03b1', '\u0375a'],
    ['\u05d0\u05f3', 'a\u05f3'],
    ['\u05d0\u05f4', '\u05f4\u05d0'],
    ['\u30ab\u30fb', 'a\u30fbb'],
    ['\u30fb\u6f22', '\u30fb'],
    ['1\u06601\u0669', '\u0660a\u06f0'],
    ['\u06f0\u06f9', '\u06f9a\u0660'],
  ]
  for (const [legal, illegal] of pairs) {
    t.equal(formOf(legal), legal)
    t.equal(formOf(illegal), null)
  }
  t.equal(formOf('a\u0387b'), null, 'also where composing brings it in')
})

t.test('at most 1,024 bytes before it', async (t) => {
  t.ok(formOf('x'.repeat(1024)))
  t.equal(formOf('x'.repeat(1025)), null)
  t.ok(formOf('\u20ac'.repeat(341)))
  t.equal(formOf('\u20ac'.repeat(342)), null)
})

t.test('the form of a form is itself, and no refusal repeats the password', async () => {
  const any = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
  fc.assert(
    fc.property(any, (password) => {
      try {
        const form = opaqueString(password)
        return opaqueString(form) === form
      } catch (error) {
        if (!(error instanceof PasswordError)) throw error
        return /^must [a-z0-9, ]+$/.test(error.message)
      }
    }),
    { numRuns: 2000 },
  )
})
