// Looks into a contender's database from outside, between loads: what it says of itself is not evidence.
import { Client } from 'pg'

/** The number in the first column of the only row. */
export const countRows = async (url: string, statement: string): Promise<number> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, string>>(statement)
    return Number(Object.values(rows[0] ?? {})[0])
  } finally {
    await client.end()
  }
}

/** The same server and login, another database. */
export const databaseAt = (url: string, name: string): string => {
  const address = new URL(url)
  address.pathname = `/${name}`
  return address.href
}
