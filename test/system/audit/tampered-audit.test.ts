// What a database administrator does to the audit log is found, and the first bad block is named (FORMATS §5).
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

  // One after the other: a block each.
  const [longest] = await administrator(
    'select chain, max(first_seq) from rppam.audit_block group by chain order by 2 desc limit 1',
  )
  const chain = String(longest?.[0])
  const at = `chain = '${chain}' and first_seq`
  const [foreign] = await inContoso(`select encode(sealed, 'hex'), encode(mac, 'hex'),
    encode(content_hash, 'hex') from rppam.audit_block order by first_seq desc limit 1`)
  const columns =
    'epoch, first_time, last_time, count, secret_reads, filter, content_hash, mac, sealed'
  const shift = `update rppam.audit_block set first_seq = -first_seq where ${at} >= 6;
    update rppam.audit_block set first_seq = 1 - first_seq where chain = '${chain}' and first_seq < 0;`

  const tampered: Readonly<Record<string, readonly [string, number]>> = {
    'a count changed': [`update rppam.audit_block set count = 2 where ${at} = 5`, 5],
    'a time changed': [`update rppam.audit_block set last_time = last_time + 1 where ${at} = 4`, 4],
    'a content changed': [
      `update rppam.audit_block set sealed = set_byte(sealed, 60, 255 - get_byte(sealed, 60)) where ${at} = 7`,
      7,
    ],
    'a filter emptied': [`update rppam.audit_block set filter = '' where ${at} = 7`, 7],
    'a block deleted': [`delete from rppam.audit_block where ${at} = 6`, 6],
    'a block inserted': [
      `${shift} insert into rppam.audit_block (chain, first_seq, ${columns})
       select chain, 6, ${columns} from rppam.audit_block where ${at} = 5`,
      6,
    ],
    'two blocks reordered': [
      `update rppam.audit_block set first_seq = -5 where ${at} = 5;
       update rppam.audit_block set first_seq = 5 where ${at} = 6;
       update rppam.audit_block set first_seq = 6 where ${at} = -5`,
      5,
    ],
    'a block of another tenant spliced in': [
      `update rppam.audit_block set sealed = '\\x${String(foreign?.[0])}',
       mac = '\\x${String(foreign?.[1])}', content_hash = '\\x${String(foreign?.[2])}' where ${at} = 8`,
      8,
    ],
    'cut before the last anchor': [`delete from rppam.audit_block where ${at} >= 9`, 9],
  }
  for (const [name, [statement, sequence]] of Object.entries(tampered))
    await t.test(name, async (t) => {
      await administrator('create table public.aside as select * from rppam.audit_block')
      await administrator(statement)
      const found = await verify()
      t.match(found, { ok: false, firstBad: { chain, sequence, reason: String } })
      await administrator(`truncate rppam.audit_block;
        insert into rppam.audit_block select * from public.aside; drop table public.aside`)
    })
})
