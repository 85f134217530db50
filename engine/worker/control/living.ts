// Users and resources that there are, as the tenants' events tell. No tenant counts for more than it may have, whatever
// its events say, and none for fewer than none: it never takes another one's place, nor gives it one.
import type { TenantId, Uuid } from '../../ids.js'
import type { Store } from '../store/store.js'
import { billingTypes } from './billing.js'
import type { TenantDirectory } from './directory.js'

type Kind = 'user' | 'resource'

/** Of each tenant that has any; with `tenant`, of that one alone. */
export const livingOf = async (
  store: Pick<Store, 'countByParent'>,
  kind: Kind,
  tenant: TenantId | null = null,
): Promise<ReadonlyMap<Uuid, number>> => {
  const [created, deleted] = await Promise.all([
    store.countByParent('billing_event', billingTypes[`${kind}.created`], tenant),
    store.countByParent('billing_event', billingTypes[`${kind}.deleted`], tenant),
  ])
  return new Map(
    [...created].map(([id, count]) => [id, Math.max(0, count - (deleted.get(id) ?? 0))]),
  )
}

const sum = (counts: Iterable<number>): number => [...counts].reduce((all, one) => all + one, 0)

/** Of all. Limits are asked for only where, without them, it would be `enough` or more. */
export const countBounded = async (
  counts: ReadonlyMap<Uuid, number>,
  enough: number | null,
  limits: () => Promise<ReadonlyMap<Uuid, number>>,
): Promise<number> => {
  const all = sum(counts.values())
  if (enough !== null && all < enough) return all
  const bounds = await limits()
  return sum([...counts].map(([id, count]) => Math.min(count, bounds.get(id) ?? Infinity)))
}

/** Of all tenants. */
export const countLiving = async (
  store: Pick<Store, 'countByParent'>,
  directory: Pick<TenantDirectory, 'limits'>,
  kind: Kind,
): Promise<number> =>
  countBounded(await livingOf(store, kind), null, () =>
    directory.limits(kind === 'user' ? 'maxUsers' : 'maxResources'),
  )
