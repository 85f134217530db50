// Who may do what (SPEC §2): every operation of the contract, driven by every kind of caller, from one table
// (test/support/operations.ts). An operation without a row fails. Bodies are empty on purpose: whoever is let in is told 400 or 404, nobody else gets
// that far, so the order of checks is tested on the way. (Service accounts cannot sign in yet.)
import t from 'tap'
import { operations } from '../../engine/task/contract.js'
import {
  type Call,
  apiOf,
  readyTenant,
  readyUser,
  signInAdmin,
  tenantPassword,
} from '../support/api.js'
import { startEngine } from '../support/engine.js'
import {
  type Caller,
  callers,
  people,
  promisedOperations,
  refusals,
} from '../support/operations.js'

interface Stage {
  readonly call: Call
  readonly tokens: Readonly<Record<Exclude<Caller, 'nobody'>, string>>
  /** The tenant itself: its own id opens no management path either. */
  readonly tenantId: string
  signInAgain(caller: Caller): Promise<string>
}

const setStage = async (t: Parameters<typeof startEngine>[0]): Promise<Stage> => {
  const engine = await startEngine(t)
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const tenant = await readyTenant(engine, msp, 'acme')
  const tokenOf = async (role: string): Promise<string> =>
    (await readyUser(engine, tenant, role, [role])).token
  const tokens = {
    msp,
    admin: tenant.token,
    approver: await tokenOf('pam_approver'),
    user: await tokenOf('pam_user'),
    auditor: await tokenOf('pam_auditor'),
  }
  const signInAgain = async (caller: Caller): Promise<string> => {
    if (caller === 'msp') return signInAdmin(engine)
    const username = caller === 'admin' ? tenant.adminUsername : `pam_${caller}`
    const body = { tenant: 'acme', username, password: tenantPassword }
    return (await call('POST', 'auth/login', { body })).body['accessToken'] ?? ''
  }
  return { call, tokens, tenantId: tenant.id, signInAgain }
}

const bodyOf = (operationId: string): { body?: unknown } => {
  const { hasBody } = operations.get(operationId)!
  // A set-up or sign-in that is no sign-in at all is refused before anybody's name counts.
  return hasBody ? { body: {} } : {}
}

const statusFor = async (stage: Stage, operationId: string, caller: Caller): Promise<number> => {
  const { method, path } = operations.get(operationId)!
  const token = caller === 'nobody' ? null : stage.tokens[caller]
  const used = operationId === 'logout' && token ? await stage.signInAgain(caller) : token
  const filled = path.replace(/\{\w+\}/g, stage.tenantId)
  const query = operationId === 'readSecretByPath' ? '?path=/no/such' : ''
  return (await stage.call(method, filled + query, { token: used, ...bodyOf(operationId) })).status
}

const mayCall = new Map(promisedOperations.map((row) => [row.operationId, row.mayCall]))

const expected = (operationId: string, caller: Caller): string =>
  mayCall.get(operationId)!.has(caller) ? 'let in' : String(refusals[caller])

const seen = (status: number): string =>
  status === 401 || status === 403 ? String(status) : status < 500 ? 'let in' : `failed ${status}`

t.test('every operation has a row', async (t) => {
  t.strictSame([...operations.keys()].sort(), [...mayCall.keys()].sort())
})

t.test('every operation answers every caller as the table says', async (t) => {
  const stage = await setStage(t)
  for (const operationId of operations.keys())
    for (const caller of callers)
      t.equal(
        seen(await statusFor(stage, operationId, caller)),
        expected(operationId, caller),
        `${operationId} as ${caller}`,
      )
  t.test('and so does every path below msp and admin that is not there', async (t) => {
    for (const path of ['msp/nothing', 'admin/nothing', `msp/tenants/${stage.tenantId}/nothing`])
      for (const caller of people)
        t.equal(
          (await stage.call('GET', path, { token: stage.tokens[caller as 'user'] })).status,
          403,
        )
    t.equal((await stage.call('GET', 'msp/nothing', { token: stage.tokens.msp })).status, 404)
    t.equal((await stage.call('GET', 'nothing', { token: stage.tokens.msp })).status, 403)
    t.equal((await stage.call('GET', 'nothing', { token: stage.tokens.user })).status, 404)
    t.equal((await stage.call('GET', 'nothing')).status, 401)
  })
})
