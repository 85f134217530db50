// A suspended tenant's role cannot log in and has no session left; a reinstated one works as before.
import t from 'tap'
import {
  logIn,
  provision,
  runtimeOf,
  sqlStateOf,
  startAdministered,
  works,
} from './administered.js'

const { administration, engineUrl } = await startAdministered(t)
const backend = 'select pg_backend_pid() as pid'

t.test('suspended and reinstated', async (t) => {
  const [acme, contoso] = [
    await provision(administration, 'acme'),
    await provision(administration, 'contoso'),
  ]
  const session = logIn(t, engineUrl, runtimeOf(acme))
  const neighbour = logIn(t, engineUrl, runtimeOf(contoso))
  const [before] = await neighbour.unsafe(backend)
  const [{ pid } = { pid: 0 }] = await session.unsafe<{ pid: number }[]>(backend)

  await administration.suspendRole(acme)
  const alive = await neighbour`select from pg_stat_activity where pid = ${pid}`
  t.equal(alive.length, 0, 'its session has ended')
  t.equal(await sqlStateOf(logIn(t, engineUrl, runtimeOf(acme)), 'select 1'), '28000')
  t.strictSame((await neighbour.unsafe(backend))[0], before, "the neighbour's session goes on")

  await administration.suspendRole(acme)
  await administration.reinstateRole(acme)
  t.ok(await works(t, engineUrl, acme))
})
