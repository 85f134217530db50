// The documentation's examples are true: bodies pass the validator, answers come out of the serializer unchanged.
import t from 'tap'
import { contractDocument, serialize, validateBody } from '../../engine/task/contract.js'

interface Media {
  readonly content?: { readonly 'application/json'?: { readonly example?: unknown } }
}
interface Described {
  readonly operationId: string
  readonly requestBody?: Media
  readonly responses: Readonly<Record<string, Media>>
}

const described = Object.values(contractDocument.paths).flatMap((item) =>
  Object.values(item),
) as unknown as Described[]

const exampleOf = (media: Media | undefined): unknown =>
  media?.content?.['application/json']?.example

t.test('every body has an example, and it is valid', async (t) => {
  for (const { operationId, requestBody } of described.filter((one) => one.requestBody)) {
    t.ok(exampleOf(requestBody), operationId)
    t.equal(validateBody(operationId, exampleOf(requestBody)), null, operationId)
  }
})

t.test('every example of an answer survives the serializer', async (t) => {
  let seen = 0
  for (const { operationId, responses } of described)
    for (const [status, media] of Object.entries(responses)) {
      const example = exampleOf(media)
      if (example === undefined) continue
      seen++
      t.strictSame(
        JSON.parse(serialize(operationId, Number(status), example)),
        example,
        operationId,
      )
    }
  t.ok(seen > 0)
})
