// RFC 9110 §13.1.1: absent and `*` pass, a strong tag must be among those given, a weak one never matches.
import t from 'tap'
import {
  ifStale,
  requireMatch,
  requireWellFormed,
} from '../../../../engine/worker/access/if-match.js'

const passes = ['"3"', ' "3" ', '"1", "3"', '"1","2","3"', '*', ' * ']
const fails = ['"2"', 'W/"3"', '"33"', '"\'3\'"', '"1", "2"', '"é"', '"\ufffd"']
const malformed = ['3', '"3', '', '"3" "4"', '**', ',', '*, "3"', '"3",', 'w/"3"', '"3\n"']

t.test('passes', async (t) => {
  requireMatch({}, '"3"')
  for (const ifMatch of passes)
    t.doesNotThrow(() => requireMatch({ ifMatch }, '"3"'), JSON.stringify(ifMatch))
})

t.test('what is no If-Match is 400', async (t) => {
  for (const ifMatch of malformed)
    t.throws(
      () => requireWellFormed({ ifMatch }),
      { code: 'validation_failed', violations: [{ pointer: '/header/If-Match' }] },
      JSON.stringify(ifMatch),
    )
  for (const ifMatch of [...passes, ...fails])
    t.doesNotThrow(() => requireWellFormed({ ifMatch }), JSON.stringify(ifMatch))
  t.doesNotThrow(() => requireWellFormed({}))
})

t.test('412', async (t) => {
  for (const ifMatch of fails)
    t.throws(
      () => requireMatch({ ifMatch }, '"3"'),
      { code: 'precondition_failed', status: 412 },
      JSON.stringify(ifMatch),
    )
})

t.test('a change after the check is 412 only where a version was asked for', async (t) => {
  t.match(ifStale({ ifMatch: '"3"' }), { ifStale: { code: 'precondition_failed' } })
  t.same(ifStale({}), {})
  t.same(ifStale({ ifMatch: ' *' }), {})
})
