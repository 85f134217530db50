// Nobody can tell which tenants exist, also in a crowd: names that do and names that do not get the same statuses, the
// same headers and the same bodies in the same time, and nobody is answered before the floor.
import { randomBytes } from 'node:crypto'
import t from 'tap'
import { type TenantId, newId } from '../../../engine/ids.js'
import { formatClaimCode } from '../../../engine/task/claim-code.js'
import { formatToken } from '../../../engine/task/opaque-token.js'
import { provision, signInAdmin } from '../../support/api.js'
import { startEngine } from '../../support/engine.js'
import { type AnswerFrom, postFrom } from '../../support/from-address.js'

const floorMs = 250
const password = 'a password of mine'

interface Named {
  readonly id: string
  readonly shortCode: string
}
type Ask = (tenant: Named) => readonly [path: string, body: unknown]

/** What could tell one name from another. */
const shape = ({ status, headers, text }: AnswerFrom): string => {
  const own = { ...headers, date: '', 'x-request-id': '', 'ratelimit-reset': '' }
  return JSON.stringify([status, own, text.replace(/"requestId":"[^"]*"/, '')])
}

const shapes = (answers: readonly AnswerFrom[]): string[] => [...new Set(answers.map(shape))].sort()

const medianSlot = (answers: readonly AnswerFrom[]): number =>
  answers.map(({ ms }) => Math.round(ms / floorMs)).sort((a, b) => a - b)[answers.length >> 1]!

const tokenOf = (prefix: 'rprt_' | 'rpst_', tenant: string): string =>
  formatToken(prefix, { tenant: tenant as TenantId, id: newId(), secret: randomBytes(32) })

const invented = (): Named => ({
  id: newId(),
  shortCode: `z${randomBytes(6).toString('hex')}`,
})

t.test('names', async (t) => {
  // Of three tenants two are cold at any time.
  const engine = await startEngine(t, { env: { RPPAM_LIMITS_OPEN_TENANTS: '1' } })
  const msp = await signInAdmin(engine)
  const existing: Named[] = []
  for (const code of ['acme', 'contoso', 'fabrikam'])
    existing.push(await provision(engine, msp, code))
  let network = 10

  /** Twenty at once from two networks: by turns a name that exists and one that does not. */
  const crowd = async (ask: Ask) => {
    const asked = { existing: [] as AnswerFrom[], invented: [] as AnswerFrom[] }
    const from = (network += 2)
    const one = async (i: number, kind: keyof typeof asked): Promise<void> => {
      const tenant = kind === 'existing' ? existing[i % existing.length]! : invented()
      // Each from an address of its own: the limits of one would tell of the others.
      const address = `127.0.${from + (i % 2)}.${kind === 'existing' ? i + 1 : i + 101}`
      asked[kind].push(await postFrom(engine, address, ...ask(tenant)))
    }
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => [one(i, 'existing'), one(i, 'invented')]).flat(),
    )
    return asked
  }

  for (const [name, ask] of Object.entries<Ask>({
    'sign-in': ({ shortCode }) => {
      const username = `user-${randomBytes(4).toString('hex')}`
      return ['auth/login', { tenant: shortCode, username, password }]
    },
    refresh: ({ id }) => ['auth/refresh', { refreshToken: tokenOf('rprt_', id) }],
    'set-up by token': ({ id }) => ['auth/setup', { token: tokenOf('rpst_', id), password }],
    'a claim of another form': ({ shortCode }) => [
      'auth/setup',
      { tenant: shortCode, claim: `rpcl_${'A'.repeat(38)}B`, password },
    ],
  }))
    await t.test(name, async (t) => {
      const asked = await crowd(ask)
      t.strictSame(shapes(asked.existing), shapes(asked.invented))
      t.equal(shapes(asked.existing).length, 1, 'one answer for all')
      const all = [...asked.existing, ...asked.invented]
      t.ok(Math.min(...all.map(({ ms }) => ms)) >= floorMs - 1, 'nobody before the floor')
      const slots = [medianSlot(asked.existing), medianSlot(asked.invented)]
      t.ok(Math.max(...slots) <= 2 * Math.min(...slots) + 1, `slots: ${slots.join(' and ')}`)
    })

  await t.test('guesses at a claim: five an hour, then the same refusal', async (t) => {
    const guess = (shortCode: string, i: number): Promise<AnswerFrom> =>
      postFrom(engine, `127.0.90.${i + 1}`, 'auth/setup', {
        tenant: shortCode,
        claim: formatClaimCode(randomBytes(20)),
        password,
      })
    const told = []
    for (const { shortCode } of [existing[0]!, invented()]) {
      const answers = []
      for (let i = 0; i < 7; i++) answers.push(await guess(shortCode, i))
      t.ok(Math.min(...answers.map(({ ms }) => ms)) >= floorMs - 1, 'nobody before the floor')
      t.strictSame(
        answers.map(({ status }) => status),
        [401, 401, 401, 401, 401, 429, 429],
      )
      told.push(answers.map((answer) => shape({ ...answer, headers: withoutTimes(answer) })))
    }
    t.strictSame(told[0], told[1])
  })
})

/** How long it is to the next guess depends on when the first was. */
const withoutTimes = ({ headers }: AnswerFrom): AnswerFrom['headers'] => ({
  ...headers,
  'retry-after': String(headers['retry-after'] !== undefined),
})
