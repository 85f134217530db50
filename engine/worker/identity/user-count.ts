// How many users a tenant has: rows that open count, whatever their plain columns say, and no planted one does.
import { IntegrityError } from '../cipher/record.js'
import type { Uuid } from '../../ids.js'
import type { TenantContext } from '../context/context.js'
import type { Row } from '../store/store.js'

const rowsAtOnce = 500

type Counting = Pick<TenantContext, 'store' | 'keys'>

/** Whether there are at least `limit` of them. Few reads: rows are opened only where there are as many rows as that. */
export const hasUsers = async (context: Counting, limit: number): Promise<boolean> => {
  if ((await context.store.count('user_account', null)) < limit) return false
  let users = 0
  let after: Uuid | null = null
  for (let isLast = false; users < limit && !isLast;) {
    const page = { state: null, after, limit: rowsAtOnce, secret: false }
    const rows: Row[] = await context.store.list('user_account', page)
    users += rows.filter((row) => isUser(context, row)).length
    after = rows.at(-1)?.id ?? null
    isLast = rows.length < rowsAtOnce
  }
  return users >= limit
}

const isUser = ({ keys }: Counting, { id, version, doc }: Row): boolean => {
  try {
    keys.open('user_account.doc', id, version, doc)
    return true
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error
    return false
  }
}
