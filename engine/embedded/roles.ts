// The first administration of a new server: a login of the engine's own that is no superuser, and nothing for PUBLIC.
// Every statement may run again after a crash.
import postgres from 'postgres'
import { engineRole } from './access.js'
import { scramVerifier } from '../scram.js'

const statements = (verifier: string): string[] => [
  `do $$ begin
     if not exists (select from pg_roles where rolname = '${engineRole}') then create role ${engineRole}; end if;
   end $$`,
  `alter role ${engineRole} with login createdb createrole nosuperuser noreplication nobypassrls
     password '${verifier}'`,
  'revoke all on database postgres, template1 from public',
  `grant connect on database postgres to ${engineRole}`,
]

/** Makes the engine's login with `password`; `address` is the administrator's. */
export const makeRoles = async (address: string, password: string): Promise<void> => {
  const sql = postgres(address, { max: 1, onnotice: () => undefined })
  try {
    for (const statement of statements(scramVerifier(password))) await sql.unsafe(statement)
  } finally {
    await sql.end()
  }
}
