// GET users.
import { confirm } from '../../access/confirm.js'
import { operation } from '../../request/operation.js'
import { openUser, userJson } from '../../identity/user.js'
import { pageHeaders, pageOf } from '../../request/paging.js'
import { rowState } from '../../store/store.js'

export const listUsers = operation(
  'listUsers',
  { action: 'user.list' },
  async ({ context, query, epoch, event }) => {
    const [rows, total] = await Promise.all([
      context.store.list('user_account', { state: rowState.live, ...pageOf(query), secret: true }),
      context.store.count('user_account', rowState.live),
    ])
    await confirm(context, epoch, event({ count: rows.length }))
    return {
      status: 200,
      headers: pageHeaders('/api/v1/users', query, total),
      body: rows.map((row) => userJson(openUser(context.keys, row))) as never,
    }
  },
)
