// Line and column of the first character that is no JSON, whatever the parser of this Node.js says of it.
import t from 'tap'
import { faultIn } from '../../../engine/config/json-position.js'

for (const [source, line, column] of [
  ['', 1, 1],
  ['{"a": 1,}', 1, 9],
  ['{"a" 1}', 1, 6],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3],
  ['{"a": "secret\n"}', 1, 7],
  ["{'a': 1}", 1, 2],
  ['{"a": secret}', 1, 7],
  ['[1, 2', 1, 6],
  ['{"a": 01}', 1, 8],
  ['{} // why', 1, 4],
  ['\ufeff{}', 1, 1],
] as const)
  t.test(JSON.stringify(source), async (t) => {
    t.throws(() => JSON.parse(source) as unknown)
    t.strictSame(faultIn(source), { line, column })
  })

t.test('what is JSON has none', async (t) => {
  for (const source of ['{}', ' [1, -2.5e+3, "\\u00e9\\"", true, {"a": [null]}] \n', '0'])
    t.equal(faultIn(source), null, source)
})
