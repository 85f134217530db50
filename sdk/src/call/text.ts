// Answers that are no JSON. A page of a proxy, also with 200, is none of them.
import type { Answer } from './exchange.js'

/** An answer of `text/plain`, as an object with its text. */
export interface Text {
  readonly text: string
}

const isPlain = ({ headers }: Response): boolean =>
  (headers.get('content-type') ?? '').startsWith('text/plain')

export const asText = ({ data, ...answer }: Answer<string>): Answer<Text> =>
  data === undefined || !isPlain(answer.response) ? answer : { ...answer, data: { text: data } }
