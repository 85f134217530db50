// What happened in the tenant.
import type { Caller } from '../call/caller.js'
import type { AuditEvent, AuditVerification, QueryOf } from '../contract.js'
import { type Listing, cursorListing } from '../listing.js'
import type { CallOptions } from '../options.js'

export interface EventsOptions extends CallOptions {
  /** Rows asked for at once, at most 1000. */
  readonly pageSize?: number | undefined
}

export type VerifyOptions = CallOptions & QueryOf<'verifyAudit'>

export class Audit {
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
  }

  /** Newest first, without end: leave the loop when you have seen enough. */
  events({ pageSize = 100, ...options }: EventsOptions = {}): Listing<AuditEvent> {
    return cursorListing('listAuditEvents', (after) => {
      const query = { limit: pageSize, ...(after === null ? {} : { after }) }
      return this.#caller.read('listAuditEvents', options, (api, attempt) =>
        api.GET('/api/v1/audit/events', { params: { query }, ...attempt }),
      )
    })
  }

  /** What was found; a broken chain is an answer, not an error. */
  async verify({ signal, timeoutMs, ...query }: VerifyOptions = {}): Promise<AuditVerification> {
    const { data } = await this.#caller.read('verifyAudit', { signal, timeoutMs }, (api, attempt) =>
      api.GET('/api/v1/audit/verify', { params: { query }, ...attempt }),
    )
    return data
  }
}
