// The one table of errors that an API call can answer: code → status → title (RFC 9457). The contract and the SDK
// carry the same table; a test holds the three equal. No detail ever repeats a submitted value.

export const errorCatalogue = {
  validation_failed: { status: 400, title: 'The request does not match the contract' },
  malformed_body: { status: 400, title: 'The body is not valid JSON' },
  malformed_request: { status: 400, title: 'The request is malformed' },
  confirmation_mismatch: { status: 400, title: 'The confirmation does not match' },
  unauthenticated: { status: 401, title: 'A valid access token is needed' },
  invalid_credentials: { status: 401, title: 'The credentials are not valid' },
  mfa_code_invalid: { status: 401, title: 'The code is wrong or was used before' },
  forbidden: { status: 403, title: 'Not allowed' },
  tenant_suspended: { status: 403, title: 'The tenant is suspended' },
  license_required: { status: 403, title: 'The licence does not include this' },
  license_limit_reached: { status: 403, title: 'A limit of the licence is reached' },
  tenant_limit_reached: { status: 403, title: 'A limit of the tenant is reached' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The path does not have this method' },
  conflict: { status: 409, title: 'The request conflicts with the present state' },
  name_taken: { status: 409, title: 'The name is taken' },
  invalid_transition: { status: 409, title: 'The present state does not allow this' },
  length_required: { status: 411, title: 'The body needs a Content-Length' },
  precondition_failed: { status: 412, title: 'The resource has changed since it was read' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  answer_too_large: { status: 413, title: 'The answer has no room for it: ask for it again' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  unsupported_encoding: { status: 415, title: 'The body must not be encoded' },
  rate_limited: { status: 429, title: 'Too many attempts' },
  headers_too_large: { status: 431, title: 'The head of the request is too large' },
  internal_error: { status: 500, title: 'Internal error' },
  integrity_failure: { status: 500, title: 'A stored record failed its integrity check' },
  not_implemented: { status: 501, title: 'There is no such method' },
  audit_unavailable: { status: 503, title: 'The audit log cannot be written' },
  control_unavailable: { status: 503, title: 'The control database cannot be reached' },
  database_unavailable: { status: 503, title: 'The database cannot be reached' },
  provisioning_refused: { status: 503, title: 'The database server is not fit for another tenant' },
  overloaded: { status: 503, title: 'The engine is overloaded' },
  shutting_down: { status: 503, title: 'The engine is stopping' },
  http_version_not_supported: { status: 505, title: 'The version of HTTP is not supported' },
} as const

export type ErrorCode = keyof typeof errorCatalogue

/** One violated rule of the contract; `pointer` is made of schema names only, never of submitted ones. */
export interface Violation {
  readonly pointer: string
  readonly message: string
}

/** An error that has an answer. Everything else that is thrown becomes `internal_error`. */
export class ApiError extends Error {
  readonly status: number
  constructor(
    readonly code: ErrorCode,
    readonly detail?: string,
    readonly violations?: readonly Violation[],
    readonly headers?: Readonly<Record<string, string>>,
  ) {
    super(code)
    this.name = 'ApiError'
    this.status = errorCatalogue[code].status
  }
}
