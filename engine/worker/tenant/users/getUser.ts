// GET users/{userId}.
import { confirm } from '../../access/confirm.js'
import { ApiError } from '../../../errors.js'
import { operation } from '../../request/operation.js'
import { readUser, userJson } from '../../identity/user.js'

export const getUser = operation(
  'getUser',
  { action: 'user.read', target: ({ path }) => ({ type: 'user', id: path.userId }) },
  async ({ context, path, epoch, event }) => {
    const user = await readUser(context, path.userId)
    if (!user) throw new ApiError('not_found')
    await confirm(context, epoch, event())
    return { status: 200, body: userJson(user) as never }
  },
)
