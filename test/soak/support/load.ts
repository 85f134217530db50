// Readers and writers of several tenants, on one engine or more, until they are told to stop.
import { Reader } from './reader.js'
import type { LoadedTenant } from './tenant.js'
import { Writer } from './writer.js'

export interface LoadPlan {
  /** Of engines; clients are shared out among them. */
  readonly ports: readonly number[]
  readonly tenants: readonly LoadedTenant[]
  readonly readers: number
  readonly writers: number
  /** New entries go there: one that no other load has. */
  readonly folder: string
}

export interface Load {
  /** Resolves when every request that was sent has an answer, or its connection an end. */
  stop(): Promise<void>
}

const at = <T>(list: readonly T[], i: number): T => list[i % list.length]!

export const startLoad = ({ ports, tenants, readers, writers, folder }: LoadPlan): Load => {
  let over = false
  const isOver = (): boolean => over
  // Tenants alternate, and engines with every round through the tenants.
  const portOf = (i: number): number => at(ports, Math.trunc(i / tenants.length))
  const clients = [
    ...Array.from(
      { length: writers },
      (_, i) => new Writer(at(tenants, i), `w${i}`, folder, portOf(i)),
    ),
    ...Array.from({ length: readers }, (_, i) => new Reader(at(tenants, i), portOf(i))),
  ]
  const running = Promise.all(clients.map((client) => client.run(isOver)))
  return {
    stop: async () => {
      over = true
      await running
    },
  }
}
