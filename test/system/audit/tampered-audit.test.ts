// What a database administrator does to the audit log is found, and the first bad event is named (FORMATS §5).
import t from 'tap'
import { administratorOfTenant } from '../../support/administrator.js'
import { apiOf, readyTenant, signInAdmin } from '../../support/api.js'
import { ownCode, sharedEngine } from '../../support/shared.js'

t.test('tampering with the audit log', async (t) => {
  // It anchors at every event: the end of a chain is anchored as soon as verify is asked.
  const engine = await sharedEngine(t)
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const { token, shortCode } = await readyTenant(engine, msp, ownCode('acme'))
  const contoso = await readyTenant(engine, msp, ownCode('contoso'))
  for (let i = 0; i < 12; i++) {
    await call('GET', 'users', { token })
    await call('GET', 'users', { token: contoso.token })
  }
  const administrator = administratorOfTenant(engine, shortCode)
  const inContoso = administratorOfTenant(engine, contoso.shortCode)
  const verify = async () => (await call('GET', 'audit/verify', { token })).body
  t.match(await verify(), { ok: true, chains: 2 })

  const [longest] = await administrator(
    'select chain, max(seq) from rppam.audit_event group by chain order by 2 desc limit 1',
  )
  const chain = String(longest?.[0])
  const at = `chain = '${chain}' and seq`
  const [foreign] = await inContoso(`select id, encode(detail, 'hex'), encode(mac, 'hex')
    from rppam.audit_event order by seq desc limit 1`)
  const shift = `update rppam.audit_event set seq = -seq where ${at} >= 6;
    update rppam.audit_event set seq = 1 - seq where chain = '${chain}' and seq < 0;`

  const tampered: Readonly<Record<string, readonly [string, number]>> = {
    'an outcome flipped': [`update rppam.audit_event set outcome = 1 where ${at} = 5`, 5],
    'an actor changed': [`update rppam.audit_event set actor = target where ${at} = 4`, 4],
    'a detail changed': [
      `update rppam.audit_event set detail = set_byte(detail, 60, 255 - get_byte(detail, 60)) where ${at} = 7`,
      7,
    ],
    'an event deleted': [`delete from rppam.audit_event where ${at} = 6`, 6],
    'an event inserted': [
      `${shift} insert into rppam.audit_event select chain, id, actor, target, request_id, 6, time,
       action, actor_type, outcome, target_type, detail, mac from rppam.audit_event where ${at} = 5`,
      6,
    ],
    'two events reordered': [
      `update rppam.audit_event set seq = -5 where ${at} = 5;
       update rppam.audit_event set seq = 5 where ${at} = 6;
       update rppam.audit_event set seq = 6 where ${at} = -5`,
      5,
    ],
    'an event of another tenant spliced in': [
      `update rppam.audit_event set id = '${String(foreign?.[0])}', detail = '\\x${String(foreign?.[1])}',
       mac = '\\x${String(foreign?.[2])}' where ${at} = 8`,
      8,
    ],
    'cut before the last anchor': [`delete from rppam.audit_event where ${at} >= 9`, 9],
  }
  for (const [name, [statement, sequence]] of Object.entries(tampered))
    await t.test(name, async (t) => {
      await administrator('create table public.aside as select * from rppam.audit_event')
      await administrator(statement)
      const found = await verify()
      t.match(found, { ok: false, firstBad: { chain, sequence, reason: String } })
      await administrator(`truncate rppam.audit_event;
        insert into rppam.audit_event select * from public.aside; drop table public.aside`)
    })
})
