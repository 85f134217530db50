// Wherever a connection is cut, every statement has an answer: a result that the server gave, or a fault. (A client of
// postgres.js whose connection ends in an unlucky moment leaves some without any.)
import t from 'tap'
import { DatabaseFault } from '../../../../../engine/worker/store/postgres/faults.js'
import { Session } from '../../../../../engine/worker/store/postgres/session.js'
import { createDatabase, sessionOptions } from '../../../../support/database.js'
import { sharedServer } from '../../../../support/shared.js'
import { startRelay } from './relay.js'

const text = 'select $1::int'

t.test('cut after every so many bytes', async (t) => {
  const server = await sharedServer(t)
  const { runtime } = await createDatabase(server.url, 'cut')
  const relay = await startRelay(t, runtime)
  const options = sessionOptions(relay.target)
  let answered = 0
  for (const how of ['reset', 'end'] as const)
    for (let bytes = 1; bytes < 1_200; bytes += 31) {
      relay.cutAfter(bytes, how)
      const outcomes = await Session.open(options).then(
        async (session) => {
          const asked = [
            session.script('begin'),
            ...[1, 2, 3].map((n) => session.query({ text, parameters: [n] })),
            session.script('commit'),
          ]
          const settled = await Promise.allSettled(asked)
          session.destroy()
          return settled
        },
        (reason: unknown) => [{ status: 'rejected' as const, reason }],
      )
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') answered++
        else if (!(outcome.reason instanceof DatabaseFault)) t.fail(String(outcome.reason))
      }
    }
  t.ok(answered > 0, 'some were answered before the cut')
})
