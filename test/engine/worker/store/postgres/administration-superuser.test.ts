// The engine's login may be a superuser: everything works, and what belongs to tenants belongs to their roles all the
// same.
import t from 'tap'
import { logIn, provision, startAdministered, works } from './administered.js'

const { administration, url } = await startAdministered(t, 'superuser')

t.test('a tenant made and dropped by a superuser', async (t) => {
  const acme = await provision(administration, 'acme')
  await provision(administration, 'acme')
  t.ok(await works(t, url, acme))
  const inside = logIn(t, url, { database: acme.databaseName })
  const owners = await inside`
    select distinct pg_get_userbyid(relowner) as owner from pg_class
    where relnamespace = 'rppam'::regnamespace`
  t.strictSame([...owners], [{ owner: acme.ownerRole }])
  await inside.end()
  await administration.dropTenant(acme)
  const left = await logIn(t, url)`select from pg_database where datname = ${acme.databaseName}`
  t.equal(left.length, 0)
})
