// Answers that are no JSON. A page of a proxy, also with 200, is none of them.
import type { Answer } from './exchange.js'

/** An answer of `text/plain` or of lines, as an object with its text. */
export interface Text {
  readonly text: string
}

const plain = ['text/plain', 'application/x-ndjson']

const isPlain = ({ headers }: Response): boolean => {
  const type = headers.get('content-type') ?? ''
  return plain.some((one) => type.startsWith(one))
}

export const asText = ({ data, ...answer }: Answer<string>): Answer<Text> =>
  data === undefined || !isPlain(answer.response) ? answer : { ...answer, data: { text: data } }
