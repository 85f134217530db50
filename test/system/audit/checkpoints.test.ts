// Checkpoints are evidence that anybody can check with the published keys; a break is acknowledged by an administrator of
// the tenant, and by nobody else.
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose'
import t from 'tap'
import { newId } from '../../../engine/ids.js'
import { administratorOfTenant } from '../../support/administrator.js'
import { apiOf, readyTenant, readyUser, signInAdmin } from '../../support/api.js'
import { ownCode, sharedEngine } from '../../support/shared.js'

interface Checkpoint {
  readonly chain: string
  readonly sequence: number
  readonly digest: string
  readonly statement: string
}

t.test('checkpoints and breaks', async (t) => {
  const engine = await sharedEngine(t)
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const acme = await readyTenant(engine, msp, ownCode('acme'))
  const contoso = await readyTenant(engine, msp, ownCode('contoso'))
  const { token } = acme
  for (let i = 0; i < 4; i++) await call('GET', 'users', { token })
  const list = async (query = '', as = token) => {
    const { status, body, headers } = await call('GET', `audit/checkpoints${query}`, { token: as })
    return { status, items: body as unknown as Checkpoint[], link: headers.get('link') }
  }

  await t.test('they verify with the published keys', async (t) => {
    const answer = await fetch(`${engine.url}/system/attestation-keys`)
    const keys = createLocalJWKSet((await answer.json()) as JSONWebKeySet)
    const { items } = await list()
    t.ok(items.length > 2)
    for (const { chain, sequence, digest, statement } of items) {
      const { payload, protectedHeader } = await compactVerify(statement, keys)
      t.match(protectedHeader, { alg: 'Ed25519', typ: 'rppam-checkpoint+jws' })
      const claims = JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>
      t.match(claims, { tid: acme.id, chain, seq: sequence, count: sequence, digest })
    }
  })

  await t.test('page by page they are the same, and only the own ones', async (t) => {
    const { items } = await list('?limit=1000')
    const seen: Checkpoint[] = []
    for (let next: string | undefined = '?limit=2'; next !== undefined;) {
      const page = await list(next)
      seen.push(...page.items)
      next = /checkpoints(\?[^>]*)>/.exec(page.link ?? '')?.[1]
    }
    // Reading them is on record, and anchored.
    t.same(seen.slice(-items.length), items)
    const theirs = new Set((await list('', contoso.token)).items.map(({ chain }) => chain))
    for (const { chain } of items) t.notOk(theirs.has(chain))
    const foreign = /after=([^&>]*)/.exec((await list('?limit=1', contoso.token)).link ?? '')?.[1]
    t.equal((await list(`?after=${foreign}`)).status, 400, 'a cursor of another tenant')
  })

  await t.test('a break is acknowledged', async (t) => {
    const auditor = await readyUser(engine, acme, 'audrey', ['pam_auditor'])
    const [longest] = await administratorOfTenant(
      engine,
      acme.shortCode,
    )('select chain from rppam.audit_block group by chain order by max(first_seq) desc limit 1')
    const chain = String(longest?.[0])
    const verify = async () => (await call('GET', 'audit/verify', { token })).body
    const acknowledge = (
      body: Record<string, unknown>,
      { at = chain, as = token }: { at?: string; as?: string } = {},
    ) => call('POST', `audit/chains/${at}/acknowledge`, { token: as, body })
    const body = { sequence: 3, reason: 'Looked into' }

    t.equal((await acknowledge(body)).status, 409, 'nothing is broken')
    await administratorOfTenant(
      engine,
      acme.shortCode,
    )(`update rppam.audit_block set sealed = '' where chain = '${chain}' and first_seq = 3`)
    const { firstBad } = await verify()
    t.match(firstBad, { chain, sequence: 3, reason: 'block_unreadable' })
    t.equal((await acknowledge({ ...body, sequence: 4 })).status, 409)
    t.equal((await acknowledge({ sequence: 3 })).status, 400)
    t.equal((await acknowledge(body, { at: newId() })).status, 404)
    t.equal((await acknowledge(body, { as: contoso.token })).status, 404, 'of another tenant')
    t.equal((await acknowledge(body, { as: auditor.token })).status, 403)
    t.equal((await acknowledge(body, { as: msp })).status, 403)
    t.match(await verify(), { ok: false })
    t.equal((await acknowledge(body)).status, 204)
    t.match(await verify(), { ok: true })
    const { body: events } = await call('GET', 'audit/events?limit=20', { token })
    const found = (events as unknown as Record<string, unknown>[]).find(
      ({ action, outcome }) => action === 'audit.acknowledge' && outcome === 'success',
    )
    t.match(found, {
      target: { type: 'audit', id: chain },
      detail: { ...body, lastGood: /^[0-9a-f]{64}$/ },
    })
  })
})
