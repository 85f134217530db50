// E-mail addresses: what a mailbox can be is taken, all of it; what none can be is not.
import fc from 'fast-check'
import t from 'tap'
import { isEmail } from '../../../engine/task/contract/email.js'

const good = [
  'it@acme.example',
  "o'neil@acme.example",
  'first.last+tag@sub.x-y.example',
  'a/b=c?d@acme.example',
  'admin@localhost',
  'jörg@acme.example',
  'info@münchen.example',
  '用户@例子.example',
  '"quoted local"@acme.example',
  '"a\\"b@c"@acme.example',
  'user@[192.0.2.1]',
  'user@[IPv6:2001:db8::1]',
]
const bad = [
  '',
  'acme.example',
  '@acme.example',
  'it@',
  'a@b@acme.example',
  'a b@acme.example',
  '.it@acme.example',
  'it.@acme.example',
  'i..t@acme.example',
  'it@acme..example',
  'it@-acme.example',
  'it@acme_x.example',
  'it@acme.example\n',
  'it\u0000@acme.example',
  'i\u202et@acme.example',
  'it\u200b@acme.example',
  `${'a'.repeat(65)}@acme.example`,
  `${'ö'.repeat(33)}@acme.example`,
  `it@${'a'.repeat(64)}.example`,
]

t.test('taken', async (t) => {
  for (const text of good) t.ok(isEmail(text), text)
})

t.test('refused', async (t) => {
  for (const text of bad) t.notOk(isEmail(text), JSON.stringify(text))
})

t.test('whatever is usual in forms is taken', async () => {
  fc.assert(fc.property(fc.emailAddress(), (text) => isEmail(text) || text.indexOf('@') > 64))
})

t.test('long ones are read in no time', async (t) => {
  for (const part of ['a', 'a.', '"', '\\"', 'a@', 'a-', '[1.'])
    t.notOk(isEmail(`${part.repeat(127)} `), part)
})
