// GET users.
import { confirm } from '../../access/confirm.js'
import { operation } from '../../request/operation.js'
import { openUser, userJson } from '../../identity/user.js'
import { pageHeaders, pageOf } from '../../request/paging.js'
import { listed, readable } from '../../request/readable.js'
import { rowState } from '../../store/store.js'

export const listUsers = operation(
  'listUsers',
  { action: 'user.list' },
  async ({ context, query, epoch, event }) => {
    const [rows, total] = await Promise.all([
      context.store.list('user_account', { state: rowState.live, ...pageOf(query), secret: true }),
      context.store.count('user_account', rowState.live),
    ])
    const { items, unreadable } = readable(rows, (row) => openUser(context.keys, row))
    await confirm(
      context,
      epoch,
      event(...listed('listUsers', { count: items.length }, unreadable)),
    )
    return {
      status: 200,
      headers: pageHeaders('/api/v1/users', query, total, unreadable),
      body: items.map(userJson) as never,
    }
  },
)
