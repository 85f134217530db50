// An attempt takes a place of the limits and gives it back by how it ended; a hint leads to a thread and decides
// nothing.
import t from 'tap'
import { SignInLimiter } from '../../../engine/front/admission/sign-in.js'
import { beginAttempt, destinationOf } from '../../../engine/front/sign-in.js'
import type { HttpRequest } from '../../../engine/front/http/request.js'
import { type TenantId, installationId, newId } from '../../../engine/ids.js'
import { handClock } from './auth/signing.js'

const setUp = () => {
  const limiter = new SignInLimiter({ clock: handClock(), perAddress: 100, perUser: 3, max: 100 })
  const login = (username = 'alice', tenant: string | undefined = 'acme', from = '192.0.2.1') => {
    const request = { remoteAddress: from, requestId: newId() } as HttpRequest
    const body = Buffer.from(JSON.stringify({ tenant, username, password: 'x' }))
    return beginAttempt(limiter, 'login', request, body)
  }
  return { limiter, login }
}

t.test('401s use the limit up', async (t) => {
  const { login } = setUp()
  for (let i = 0; i < 3; i++) {
    const attempt = login()
    t.equal(attempt.refusal, null)
    attempt.ended(401)
  }
  const { refusal } = login()
  t.match(refusal, { status: 429, headers: { 'retry-after': /^\d+$/, 'ratelimit-remaining': '0' } })
  const text = JSON.stringify(refusal)
  t.match(text, /rate_limited/)
  t.notMatch(text, /alice|acme/)
})

t.test('names that are not there are limited alike', async (t) => {
  const { login } = setUp()
  for (let i = 0; i < 3; i++) login('nobody', 'nowhere').ended(401)
  t.equal(login('nobody', 'nowhere').refusal?.status, 429)
  t.equal(login('alice').refusal, null)
})

t.test('what was not carried out, and successes, cost nothing', async (t) => {
  const { login } = setUp()
  for (const status of [503, 400, 200, 200, 204, 413]) {
    const attempt = login()
    t.equal(attempt.refusal, null, `${status}`)
    attempt.ended(status)
  }
})

t.test('attempts under way hold their place', async (t) => {
  const { login } = setUp()
  const begun = [login(), login(), login()]
  t.equal(login().refusal?.status, 429)
  begun[0]!.ended(503)
  t.equal(login().refusal, null)
})

t.test('the limits are told with every answer', async (t) => {
  const { login } = setUp()
  const remaining = (status: number) => {
    const headers = login().ended(status)
    t.equal(headers['ratelimit-limit'], '3')
    return headers['ratelimit-remaining']
  }
  t.strictSame([200, 401, 503, 401, 401].map(remaining), ['3', '2', '2', '1', '0'])
})

t.test('destinations', async (t) => {
  const id = newId() as TenantId
  const asked: string[] = []
  const resolve = async (code: string): Promise<TenantId | null> => {
    asked.push(code)
    return code === 'acme' ? id : null
  }
  t.equal(await destinationOf({ tenant: null, username: null }, resolve), installationId)
  t.equal(await destinationOf({ tenant: { code: 'acme' }, username: null }, resolve), id)
  t.equal(await destinationOf({ tenant: { code: '' }, username: null }, resolve), null)
  t.equal(await destinationOf({ tenant: { id }, username: null }, resolve), id)
  t.same(asked, ['acme', ''], 'an id needs no look-up')
})
