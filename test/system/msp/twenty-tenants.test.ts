// Twenty tenants provisioned at once all become active, each billed once, and the codes stay unique.
import t from 'tap'
import { apiOf, signInAdmin } from '../../support/api.js'
import { administratorOf } from '../../support/administrator.js'
import { startEngine } from '../../support/engine.js'
import { until } from '../../support/until.js'

t.test('twenty at once', async (t) => {
  const engine = await startEngine(t)
  const call = apiOf(engine.url)
  const token = await signInAdmin(engine)
  const provision = (shortCode: string) =>
    call('POST', 'msp/tenants', {
      token,
      headers: { prefer: 'wait=60' },
      body: { shortCode, displayName: shortCode, contactEmail: 'it@example.org' },
    })
  const codes = Array.from({ length: 20 }, (_, i) => `tenant-${i}`)
  const answers = await Promise.all([...codes, 'TENANT-7'].map(provision))
  const made = answers.filter(({ status }) => status !== 409)
  t.equal(made.length, 20, 'of two with the same code one wins')
  for (const { status, text } of made) t.ok(status === 201 || status === 202, text)
  await until(async () => {
    const { headers } = await call('GET', 'msp/tenants?status=active&pageSize=1', { token })
    return headers.get('x-total-count') === '20'
  })
  const listed = await call('GET', 'msp/tenants?pageSize=200', { token })
  t.strictSame([...new Set([...listed.body].map((one) => one['status']))], ['active'])
  const [row] = await administratorOf(
    engine,
    'rppam_control',
  )('select count(*), count(distinct parent) from rppam.billing_event where state = 1')
  t.strictSame(row, ['20', '20'])
  t.equal((await call('POST', 'msp/tenants', { token, body: {} })).status, 400)
})
