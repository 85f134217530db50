// Wrapped keys, as stored. A version that exists is never overwritten: what it sealed would be lost.
import type { WrappedKeyRow } from '../store.js'
import { bytes, integers } from './parameters.js'
import type { Session, Statement } from './session.js'

const columns = 'purpose, version, wrapped, key_commit, layers, created_time, retired_time'

export const readKeys = async (session: Session): Promise<WrappedKeyRow[]> => {
  const text = `select ${columns} from wrapped_key order by purpose, version`
  const rows = await session.query({ text, parameters: [] })
  return rows.map(([purpose, version, wrapped, commit, layers, created, retired]) => ({
    purpose: purpose as number,
    version: version as number,
    wrapped: wrapped as Buffer,
    commit: commit as Buffer,
    layers: layers as number,
    createdTime: Number(created),
    retiredTime: retired === null ? null : Number(retired),
  }))
}

export const insertKeys = (rows: readonly WrappedKeyRow[]): Statement => ({
  text: `insert into wrapped_key (${columns}) select ${columns} from unnest($1::smallint[],
      $2::integer[], $3::bytea[], $4::bytea[], $5::smallint[], $6::bigint[], $7::bigint[])
      as given (${columns})
    on conflict (purpose, version) do nothing`,
  parameters: [
    integers(rows.map(({ purpose }) => purpose)),
    integers(rows.map(({ version }) => version)),
    bytes(rows.map(({ wrapped }) => wrapped)),
    bytes(rows.map(({ commit }) => commit)),
    integers(rows.map(({ layers }) => layers)),
    integers(rows.map(({ createdTime }) => createdTime)),
    integers(rows.map(({ retiredTime }) => retiredTime)),
  ],
})
