// Patterns that any tool can read, and that never refuse what a worker takes: what looks alike is the worker's to tell.
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { contractText, operationOf, validateBody } from '../../engine/task/contract.js'
import { readParameters } from '../../engine/front/route/parameters.js'
import {
  canonicalFolder,
  canonicalName,
  canonicalText,
} from '../../engine/worker/keys/canonical.js'

const patterns = [...contractText.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
  ([, literal]) => JSON.parse(literal!) as string,
)

t.test('no pattern needs Unicode properties, look-around or flags', async (t) => {
  t.ok(patterns.length > 0)
  for (const pattern of new Set(patterns)) {
    t.notMatch(pattern, /\\p|\(\?|\\k/)
    t.ok(new RegExp(pattern), pattern)
    t.match(pattern, /^\^/, 'anchored')
  }
})

const isTaken = (canonical: (text: string) => string, text: string): boolean => {
  try {
    canonical(text)
    return true
  } catch {
    return false
  }
}

const listed = (name: string, text: string): boolean =>
  readParameters(operationOf('listEntries'), {}, `${name}=${encodeURIComponent(text)}`).violations
    .length === 0

const entry = { name: 'n', type: 'note' }
const stored = (member: object): boolean =>
  validateBody('createEntry', { ...entry, ...member }) === null

const odd = fc.constantFrom('\0', '\u0085', '\u2028', '\u200b', '\u202e', ' ', '.', '/', 'é', '😀')
const piece = fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 3 }))
const text = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''))
const folder = fc.array(text, { maxLength: 3 }).map((names) => `/${names.join('/')}`)

const never = (t: Test, texts: fc.Arbitrary<string>, refused: (text: string) => boolean) => {
  fc.assert(
    fc.property(texts, (one) => !refused(one)),
    { numRuns: 1_000 },
  )
  t.pass()
}

t.test('a name that a worker takes is in the contract', async (t) => {
  never(
    t,
    text,
    (one) => isTaken(canonicalName, one) && !(stored({ name: one }) && listed('name', one)),
  )
})

t.test('a folder that a worker takes is in the contract', async (t) => {
  never(
    t,
    folder,
    (one) => isTaken(canonicalFolder, one) && !(stored({ folder: one }) && listed('folder', one)),
  )
})

t.test('a tag that a worker takes is in the contract', async (t) => {
  never(
    t,
    text,
    (one) => isTaken(canonicalText, one) && !(stored({ tags: [one] }) && listed('tag', one)),
  )
})

t.test('control characters and line separators are in no name, folder or tag', async (t) => {
  for (const control of ['\0', '\n', '\u007f', '\u0085', '\u2028', '\u2029'])
    for (const member of [
      { name: `a${control}` },
      { folder: `/a${control}` },
      { tags: [`a${control}`] },
    ])
      t.notOk(stored(member), `${Object.keys(member)[0]} U+${control.charCodeAt(0).toString(16)}`)
})
