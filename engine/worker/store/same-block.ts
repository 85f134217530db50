import type { AuditBlock } from './store.js'

/** Whether two blocks have the same bytes. */
export const isSameBlock = (a: AuditBlock, b: AuditBlock): boolean =>
  (Object.keys(a) as (keyof AuditBlock)[]).every((name) => {
    const [left, right] = [a[name], b[name]]
    return Buffer.isBuffer(left) ? left.equals(right as Buffer) : left === right
  })
