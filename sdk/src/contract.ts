// What the SDK itself says of the contract's types. Those that its users write are made from openapi/
// (generated/schemas.ts); nothing of them may be written by hand.
import type { operations, paths } from './generated/contract.js'
import type { ErrorCode, Operation, Problem, SignIn } from './generated/schemas.js'

export type { ErrorCode, Operation, Problem, SignIn }

/** What does not match the contract; the pointer is made of the contract's names only. */
export type Violation = NonNullable<Problem['errors']>[number]

/** An operation that has succeeded: what `wait()` answers. */
export type SucceededOperation = Operation & { readonly status: 'succeeded' }

type Login = paths['/api/v1/auth/login']['post']

/** Sign-in of service accounts (SPEC §7): known to the SDK before the contract describes it. */
interface ServiceAccountPaths {
  '/api/v1/auth/token': {
    post: {
      parameters: Login['parameters']
      requestBody: { content: { 'application/json': { clientId: string; clientSecret: string } } }
      responses: Login['responses']
    }
  }
}

export type Paths = paths & ServiceAccountPaths

/** What a call is named after in errors: never an address, which can hold ids and names. */
export type OperationName = keyof operations | 'issueToken'
