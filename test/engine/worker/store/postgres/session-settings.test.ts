// What an administrator gave a role as its default does not change what our statements rely on.
import t from 'tap'
import { Session } from '../../../../../engine/worker/store/postgres/session.js'
import { createDatabase, sessionOptions } from '../../../../support/database.js'
import { sharedServer } from '../../../../support/shared.js'

const settings = {
  synchronous_commit: ['off', 'on'],
  bytea_output: ['escape', 'hex'],
  default_transaction_isolation: ['serializable', 'read committed'],
  default_transaction_read_only: ['on', 'off'],
  default_transaction_deferrable: ['on', 'off'],
  search_path: ['public', 'rppam, pg_temp'],
} as const

t.test('defaults of a role do not count', async (t) => {
  const { query, runtime } = await createDatabase((await sharedServer(t)).url, 'hasty')
  for (const [name, [given]] of Object.entries(settings))
    await query(`alter role hasty_runtime set ${name} = '${given}'`)
  const session = await Session.open(sessionOptions(runtime))
  for (const [name, [, wanted]] of Object.entries(settings)) {
    const text = `select pg_catalog.current_setting('${name}')`
    t.same(await session.query({ text, parameters: [] }), [[wanted]], name)
  }
  await session.close()
})
