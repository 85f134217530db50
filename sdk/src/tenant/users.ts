// People of the tenant.
import type { Caller } from '../call/caller.js'
import type { CreatedUser, User, UserInput } from '../contract.js'
import { type ListOptions, type Listing, defaultPageSize, pagedListing } from '../listing.js'
import type { CallOptions } from '../options.js'

export class Users {
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
  }

  list({ pageSize = defaultPageSize, ...options }: ListOptions = {}): Listing<User> {
    return pagedListing('listUsers', pageSize, (page) =>
      this.#caller.read('listUsers', options, (api, attempt) =>
        api.GET('/api/v1/users', { params: { query: { page, pageSize } }, ...attempt }),
      ),
    )
  }

  /** The answer holds the one-time set-up token of the new user: it is shown here once. */
  async create(user: UserInput, options: CallOptions = {}): Promise<CreatedUser> {
    const { data } = await this.#caller.write('createUser', options, (api, attempt) =>
      api.POST('/api/v1/users', { body: user, ...attempt }),
    )
    return data
  }

  async get(userId: string, options: CallOptions = {}): Promise<User> {
    const { data } = await this.#caller.read('getUser', options, (api, attempt) =>
      api.GET('/api/v1/users/{userId}', { params: { path: { userId } }, ...attempt }),
    )
    return data
  }
}
