// Signing in tells nobody who exists, slows down who guesses, and ends at once when it is ended.
import t from 'tap'
import { anonymous, apiOf, readyTenant, signInAdmin, tenantPassword } from '../../support/api.js'
import { ownCode, sharedEngine } from '../../support/shared.js'

const shape = (answer: { status: number; headers: Headers; text: string }) => ({
  status: answer.status,
  text: anonymous(answer.text),
  headers: [...answer.headers.keys()].sort(),
})

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The same bytes with each other value of the bits that the last character does not need. */
const unusedBits = (token: string, count: 3 | 15): readonly string[] => {
  const last = alphabet.indexOf(token.at(-1)!)
  return Array.from({ length: count }, (_, n) => token.slice(0, -1) + alphabet[last + n + 1])
}

t.test('sign-in', async (t) => {
  const engine = await sharedEngine(t)
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const acme = await readyTenant(engine, msp, ownCode('acme'))
  const contoso = await readyTenant(engine, msp, ownCode('contoso'))
  const signIn = (tenant: string | undefined, username: string, password: string) =>
    call('POST', 'auth/login', {
      body: { ...(tenant === undefined ? {} : { tenant }), username, password },
    })

  await t.test('every refusal is alike', async (t) => {
    const wrong = shape(await signIn(acme.shortCode, acme.adminUsername, 'a wrong password'))
    t.equal(wrong.status, 401)
    for (const [name, answer] of Object.entries({
      'unknown user': await signIn(acme.shortCode, 'nobody', tenantPassword),
      'unknown tenant': await signIn('no-such-one', acme.adminUsername, tenantPassword),
      'name that is none': await signIn(acme.shortCode, 'no body!', tenantPassword),
      'user of another tenant': await signIn(contoso.shortCode, acme.adminUsername, tenantPassword),
      'wrong plane': await signIn(undefined, acme.adminUsername, tenantPassword),
      'administrator in a tenant': await signIn(acme.shortCode, 'admin', engine.adminPassword),
    }))
      t.strictSame(shape(answer), wrong, name)
  })

  await t.test('the code of a tenant is read in any case', async (t) => {
    t.equal(
      (await signIn(acme.shortCode.toUpperCase(), acme.adminUsername.toUpperCase(), tenantPassword))
        .status,
      200,
    )
  })

  await t.test('refresh tokens: one use, a grace, a family', async (t) => {
    const refresh = (refreshToken: string) =>
      call('POST', 'auth/refresh', { body: { refreshToken } })
    const first = (await signIn(contoso.shortCode, contoso.adminUsername, tenantPassword)).body
    const second = (await refresh(first['refreshToken']!)).body
    const repeated = (await refresh(first['refreshToken']!)).body
    t.equal(repeated['refreshToken'], second['refreshToken'], 'the lost answer is given again')
    const third = (await refresh(second['refreshToken']!)).body
    t.equal((await refresh(first['refreshToken']!)).status, 401, 'its successor was used')
    t.equal((await refresh(third['refreshToken']!)).status, 401, 'the family is dead')
    const token = third['accessToken']!
    t.equal((await call('GET', 'tenant', { token })).status, 401, 'and so are its access tokens')
    for (const broken of ['rprt_AAAA', 'rpst_AAAA', String(first['refreshToken']).slice(0, -2)])
      t.equal((await refresh(broken)).status, 401)
    t.equal((await refresh('')).status, 400)
  })

  await t.test('logout ends the session at once', async (t) => {
    const { body } = await signIn(contoso.shortCode, contoso.adminUsername, tenantPassword)
    const token = body['accessToken']!
    t.equal((await call('GET', 'tenant', { token })).status, 200)
    t.equal((await call('POST', 'auth/logout', { token })).status, 204)
    t.equal((await call('GET', 'tenant', { token })).status, 401)
    const refreshed = { body: { refreshToken: body['refreshToken'] } }
    t.equal((await call('POST', 'auth/refresh', refreshed)).status, 401)
  })

  await t.test('guessing is slowed down, name by name', async (t) => {
    for (let attempt = 0; attempt < 10; attempt++)
      t.equal((await signIn(contoso.shortCode, 'guessed', `guess ${attempt}`)).status, 401)
    const stopped = await signIn(contoso.shortCode, 'guessed', 'guess 11')
    t.strictSame([stopped.status, stopped.body['code']], [429, 'rate_limited'])
    t.ok(Number(stopped.headers.get('retry-after')) > 0)
    t.equal(stopped.headers.get('ratelimit-remaining'), '0')
    t.equal((await signIn(contoso.shortCode, contoso.adminUsername, tenantPassword)).status, 200)
  })

  await t.test('many of one user at once, with the right password: all are let in', async (t) => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => signIn(acme.shortCode, acme.adminUsername, tenantPassword)),
    )
    t.strictSame([...new Set(answers.map(({ status }) => status))], [200])
  })

  await t.test('tokens that are none', async (t) => {
    const [head, payload, signature] = acme.token.split('.') as [string, string, string]
    const none = Buffer.from('{"alg":"none","typ":"rppam-at+jwt"}').toString('base64url')
    const other = contoso.token.split('.')[1]!
    for (const token of [
      `${none}.${payload}.`,
      `${head}.${other}.${signature}`,
      `${head}.${payload}.${signature.slice(0, -4)}AAAA`,
      acme.refreshToken,
      'x',
    ]) {
      const answer = await call('GET', 'tenant', { token })
      t.equal(answer.status, 401)
      t.equal(answer.headers.get('www-authenticate'), 'Bearer')
    }
  })

  await t.test('a token has one spelling', async (t) => {
    const { body } = await signIn(acme.shortCode, acme.adminUsername, tenantPassword)
    const token = body['accessToken']!
    const refreshToken = body['refreshToken']!
    t.equal((await call('GET', 'tenant', { token })).status, 200)
    for (const other of [...unusedBits(token, 15), `${token}=`, `${token}==`])
      t.equal((await call('GET', 'tenant', { token: other })).status, 401)
    for (const other of [...unusedBits(refreshToken, 3), `${refreshToken}=`, ` ${refreshToken}`]) {
      const refreshed = await call('POST', 'auth/refresh', { body: { refreshToken: other } })
      t.equal(refreshed.status, 401)
    }
    t.equal((await call('POST', 'auth/refresh', { body: { refreshToken } })).status, 200)
  })

  await t.test('whoever sends bad tokens makes no good one fail', async (t) => {
    const [head, payload] = contoso.token.split('.') as [string, string, string]
    const forged = (n: number): string => `${head}.${payload}.${String(n).padStart(85, 'A')}A`
    const bring = async (token: string): Promise<number> =>
      (await call('GET', 'tenant', { token })).status
    for (const bad of [() => 'junk', forged]) {
      const flood = Promise.all(Array.from({ length: 300 }, (_, n) => bring(bad(n))))
      for (let n = 0; n < 3; n++) {
        const { body } = await signIn(acme.shortCode, acme.adminUsername, tenantPassword)
        t.equal(await bring(body['accessToken']!), 200)
      }
      t.strictSame([...new Set(await flood)], [401])
    }
  })
})
