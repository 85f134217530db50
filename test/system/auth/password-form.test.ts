// A password is one password however it is typed (RFC 8265); what nobody can choose is refused when set, and is a wrong
// password like any other at sign-in.
import t from 'tap'
import { type Answer, apiOf, provision, signInAdmin } from '../../support/api.js'
import { startEngine } from '../../support/engine.js'

const shape = ({ status, text }: Answer) => ({
  status,
  text: text.replace(/"requestId":"[^"]*"/, ''),
})

t.test('passwords in one form', async (t) => {
  const engine = await startEngine(t, {
    env: { RPPAM_BOOTSTRAP_PASSWORD: 'Mu\u0308nchen\u00a0am See' },
  })
  const call = apiOf(engine.url)
  const signIn = (body: object) => call('POST', 'auth/login', { body })
  const admin = { username: 'admin', password: 'M\u00fcnchen am See' }
  t.equal((await signIn(admin)).status, 200, 'the first one too')

  const acme = await provision(engine, await signInAdmin(engine), 'acme')
  const setUp = (password: string) =>
    call('POST', 'auth/setup', { body: { token: acme.setupToken, password } })
  for (const password of ['invisible\u200bjoint', 'tab\tulator and more', '\u20ac'.repeat(342)])
    t.match(await setUp(password), {
      status: 400,
      body: { code: 'validation_failed', errors: [{ pointer: '/password' }] },
    })
  t.equal((await setUp('cre\u0300me bru\u0302le\u0301e')).status, 200)
  const as = (password: string) =>
    signIn({ tenant: 'acme', username: acme.adminUsername, password })
  for (const password of ['cr\u00e8me br\u00fbl\u00e9e', 'cre\u0300me\u3000br\u00fble\u0301e'])
    t.equal((await as(password)).status, 200, password)
  const wrong = shape(await as('a wrong password'))
  t.equal(wrong.status, 401)
  for (const password of [
    'Cr\u00e8me br\u00fbl\u00e9e',
    'cr\u00e8me\u200b br\u00fbl\u00e9e',
    '\t',
    '\u20ac'.repeat(342),
  ])
    t.strictSame(shape(await as(password)), wrong)
})

t.test('a first password that nobody could type again', async (t) => {
  const env = { RPPAM_BOOTSTRAP_PASSWORD: 'tab\tulator and more' }
  const engine = await startEngine(t, { env, wait: false })
  t.match(await engine.exited, { code: 1 })
  t.match(engine.output(), /^rppam: bootstrap\.password must be made of [a-z, ]+$/m)
})
