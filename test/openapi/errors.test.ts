// The contract's error table is the engine's.
import t from 'tap'
import { errorCatalogue } from '../../engine/errors.js'
import { contractDocument, operations } from '../../engine/task/contract.js'

t.test('code, status and title are equal', async (t) => {
  const told = Object.entries(contractDocument['x-rppam-errors']).map(
    ([code, { status, title }]) => [code, { status, title }] as const,
  )
  t.strictSame(Object.fromEntries(told), errorCatalogue)
})

interface Shown {
  readonly value?: { readonly code: string }
  readonly examples?: readonly { readonly code: string }[]
}

t.test('every code has an example and says what to do', async (t) => {
  const { Problem } = contractDocument.components['schemas'] as Record<string, Shown>
  const shared = Object.values(contractDocument.components['examples'] as Record<string, Shown>)
  const examples = [...shared.map(({ value }) => value), ...(Problem?.examples ?? [])]
  const told = Object.entries(contractDocument['x-rppam-errors'])
  for (const [code, { status, title, help }] of told) {
    const expected = { code, status, title, type: `urn:rppam:problem:${code}` }
    t.match(help, /^[A-Z'].{20,}\.$/, code)
    t.match(
      examples.find((one) => one?.code === code),
      expected,
      code,
    )
  }
})

t.test('the type of a code is the closed union of them', async (t) => {
  const { ErrorCode } = contractDocument.components['schemas'] as { ErrorCode: { enum: string[] } }
  t.strictSame(ErrorCode.enum, Object.keys(errorCatalogue))
})

interface Answer {
  readonly description: string
  readonly headers?: object
  readonly content?: Readonly<Record<string, { readonly examples?: object }>>
}

const problemsOf = (operationId: string): (readonly [string, Answer])[] => {
  const raw = Object.values(contractDocument.paths)
    .flatMap((item) => Object.values(item))
    .find((one) => one.operationId === operationId)
  return Object.entries((raw?.responses ?? {}) as Record<string, Answer>).filter(
    ([status]) => status >= '4',
  )
}

t.test('each answer of error shows its codes and tells what to do about them', async (t) => {
  for (const { operationId, errors } of operations.values()) {
    const shown = problemsOf(operationId).flatMap(([, { description, content }]) => {
      const codes = Object.keys(content?.['application/problem+json']?.examples ?? {})
      for (const code of codes)
        t.match(description, contractDocument['x-rppam-errors'][code]?.help, operationId)
      return codes
    })
    t.strictSame(shown.sort(), [...errors].sort(), operationId)
  }
})

t.test('429 says how long to wait', async (t) => {
  for (const { operationId, audience, plane } of operations.values()) {
    const answer = problemsOf(operationId).find(([status]) => status === '429')?.[1]
    if (audience !== 'none' || plane === 'public') t.ok(answer?.headers, operationId)
    if (answer?.headers)
      t.strictSame(Object.keys(answer.headers), [
        'Retry-After',
        'RateLimit-Limit',
        'RateLimit-Remaining',
        'RateLimit-Reset',
      ])
  }
})
