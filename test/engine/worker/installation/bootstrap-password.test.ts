// bootstrap.password obeys the rules of set-up; what is wrong with it is told without it.
import t from 'tap'
import { bootstrapPassword } from '../../../../engine/worker/installation/bootstrap-password.js'

t.test('as every password', async (t) => {
  t.equal(bootstrapPassword('twelve chars'), 'twelve chars')
  for (const [password, rule] of [
    ['eleven char', 'must have at least 12 characters'],
    ['', 'must not be empty'],
    ['x'.repeat(1_025), 'must be at most 1024 bytes'],
    ['with a\ttab inside', 'must be made of letters, digits, punctuation, symbols and spaces'],
  ] as const)
    t.throws(() => bootstrapPassword(password), { message: `bootstrap.password ${rule}` })
})
