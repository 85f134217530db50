// Types of an operation's input and answers, from the contract. Types only: nothing of this file is left at run time.
import type { components, defaultedQueries, operations } from '../../../generated/contract.js'

export type OperationId = keyof operations
export type Schemas = components['schemas']

type ParametersOf<
  Id extends OperationId,
  Place extends 'path' | 'query',
> = operations[Id]['parameters'] extends { [K in Place]?: infer Found }
  ? [Exclude<Found, undefined>] extends [never]
    ? Record<never, never>
    : Exclude<Found, undefined>
  : Record<never, never>

/** Path parameters; ids are checked and lower-cased. */
export type PathOf<Id extends OperationId> = Readonly<ParametersOf<Id, 'path'>>

type Filled<Query, Names> = Omit<Query, Names & keyof Query> &
  Required<Pick<Query, Names & keyof Query>>

/** Query parameters, checked and converted; those with a default are always there. */
export type QueryOf<Id extends OperationId> = Readonly<
  Filled<ParametersOf<Id, 'query'>, defaultedQueries[Id]>
>

type Json<Content> = Content extends { 'application/json': infer Body } ? Body : never

/** The body as validated; `undefined` where none is needed and none was sent. */
export type BodyOf<Id extends OperationId> = operations[Id] extends {
  requestBody: { content: infer Content }
}
  ? Json<Content>
  : operations[Id] extends { requestBody?: { content: infer Content } }
    ? Json<Content> | undefined
    : undefined

type SuccessStatus = 200 | 201 | 202 | 204
type AnswerAt<Responses, Status extends keyof Responses> = Responses[Status] extends {
  content: infer Content
}
  ? [Json<Content>] extends [never]
    ? undefined
    : Json<Content>
  : undefined

type Answers<Responses> = {
  [Status in keyof Responses & SuccessStatus]: {
    readonly status: Status
    readonly body: AnswerAt<Responses, Status>
  }
}[keyof Responses & SuccessStatus]

/** Each success as its status with its JSON body; `undefined` is an answer without one. */
export type AnswerOf<Id extends OperationId> = Answers<operations[Id]['responses']>

/** The JSON bodies of all successes; `undefined` is an answer without one. */
export type ResultOf<Id extends OperationId> = AnswerOf<Id>['body']
