// GET users.
import { confirm } from '../../access/confirm.js'
import { operation } from '../../request/operation.js'
import { openUser, userJson } from '../../identity/user.js'
import { pageHeaders } from '../../request/paging.js'
import { listed, readable } from '../../request/readable.js'
import { storedPage } from '../../request/stored-page.js'
import { rowState } from '../../store/store.js'

export const listUsers = operation(
  'listUsers',
  { action: 'user.list' },
  async ({ context, query, epoch, event }) => {
    const live = { state: rowState.live, secret: true }
    const { rows, places, next } = await storedPage(context.store, 'user_account', live, query)
    const { items, unreadable } = readable(rows, (row) => openUser(context.keys, row))
    await confirm(
      context,
      epoch,
      event(...listed('listUsers', { count: items.length }, unreadable)),
    )
    return {
      status: 200,
      headers: pageHeaders('/api/v1/users', query, { places, unreadable, next }),
      body: items.map(userJson) as never,
    }
  },
)
