// Promise: the message of a refusal says what the engine said: its sentence and each pointer, on one line with an end.
import t from 'tap'
import { refusalText } from '../../sdk/src/refusal-text.js'

const refusal = { operation: 'createUser', status: 400, code: 'validation_failed', requestId: 'r' }
const head = 'createUser: validation_failed (400), request r'

t.test('sentence and pointers', async (t) => {
  const errors = [
    { pointer: '/roles/*', message: 'must be one of: a, b' },
    { pointer: '', message: 'must be an object' },
  ]
  t.equal(refusalText(refusal), head)
  t.equal(refusalText({ ...refusal, detail: 'No.' }), `${head}: No.`)
  t.equal(
    refusalText({ ...refusal, detail: 'No.', errors }),
    `${head}: No. [/roles/* must be one of: a, b; / must be an object]`,
  )
  t.equal(refusalText({ ...refusal, requestId: null }), head.replace(/r$/, 'unknown'))
})

t.test('on one line, with an end, whatever has answered', async (t) => {
  const errors = Array.from({ length: 200 }, () => ({
    pointer: '/a\n',
    message: 'x'.repeat(9_999),
  }))
  const text = refusalText({ ...refusal, detail: `a\r\nb\u2028${'y'.repeat(9_999)}`, errors })
  t.match(text, ': a b y')
  t.match(text, '; 195 more]')
  t.ok(text.length < 3_000)
  t.notMatch(text, /[\n\r\u2028]/)
})
