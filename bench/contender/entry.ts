// The entries that every contender stores: the same texts of the same lengths, so that all answer as many bytes.
import { createHash } from 'node:crypto'

export interface BenchEntry {
  readonly name: string
  readonly folder: string
  readonly type: 'password'
  readonly fields: Readonly<Record<string, string>>
  readonly tags: readonly string[]
}

const passwordOf = (name: string): string =>
  createHash('sha256').update(name).digest('base64url').slice(0, 24)

const entryOf = (index: number): BenchEntry => {
  const name = `host-${String(index).padStart(5, '0')}`
  return {
    name,
    folder: '/bench/servers',
    type: 'password',
    fields: { username: 'root', password: passwordOf(name), url: `ssh://${name}.bench.example` },
    tags: [],
  }
}

export const benchEntries = (count: number): BenchEntry[] =>
  Array.from({ length: count }, (_, index) => entryOf(index))
