// A server that may lose what it acknowledged is refused, unless a bench allows it by name (FORMATS §5).
import t from 'tap'
import { Session } from '../../../../../engine/worker/store/postgres/session.js'
import { targetFromUrl } from '../../../../../engine/worker/store/postgres/target.js'
import { chainOf } from '../../../../suites/store-rows.js'
import { openTestStore, sessionOptions } from '../../../../support/database.js'
import { startUnsafeServer } from './unsafe-server.js'

t.test('fsync = off', async (t) => {
  const target = targetFromUrl(await startUnsafeServer(t))
  const store = openTestStore(target)
  const refused = { name: 'StoreError', code: 'unavailable', cause: { code: 'FSYNC_OFF' } }
  await t.rejects(store.append(chainOf(1, 1), []), refused)
  await t.rejects(store.state(), refused)
  await store.close()
  const session = await Session.open({ ...sessionOptions(target), allowUnsafeFsync: true })
  t.same(await session.query({ text: 'select 1', parameters: [] }), [[1]])
  await session.close()
})
