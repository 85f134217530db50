// What the contract says of errors, made from the catalogue (openapi/errors.yaml): an answer for each status of an
// operation, an example of each code, the list that tells what to do.

const ref = (kind, name) => ({ $ref: `#/components/${kind}/${name}` })

const headersOf = {
  401: { 'WWW-Authenticate': ref('headers', 'Challenge') },
  429: {
    'Retry-After': ref('headers', 'RetryAfter'),
    'RateLimit-Limit': ref('headers', 'RateLimitLimit'),
    'RateLimit-Remaining': ref('headers', 'RateLimitRemaining'),
    'RateLimit-Reset': ref('headers', 'RateLimitReset'),
  },
  503: { 'Retry-After': ref('headers', 'RetryAfter') },
}

const line = (code, { title, help }) => `- \`${code}\`: ${title}. ${help}`

const answerOf = (status, codes, catalogue) => ({
  description: codes.map((code) => line(code, catalogue[code])).join('\n'),
  ...(headersOf[status] ? { headers: headersOf[status] } : {}),
  content: {
    'application/problem+json': {
      schema: ref('schemas', 'Problem'),
      examples: Object.fromEntries(codes.map((code) => [code, ref('examples', code)])),
    },
  },
})

/** Adds an answer for each status of the operation's errors; a status that is described already stays as it is. */
export const addProblems = (operation, catalogue) => {
  const known = operation['x-rppam'].errors.filter((code) => catalogue[code])
  for (const status of new Set(known.map((code) => catalogue[code].status))) {
    const codes = known.filter((code) => catalogue[code].status === status)
    operation.responses[status] ??= answerOf(status, codes, catalogue)
  }
}

const violations = [{ pointer: '/name', message: 'is required' }]

const exampleOf = ([code, { status, title, help }]) => ({
  summary: title,
  description: help,
  value: {
    type: `urn:rppam:problem:${code}`,
    title,
    status,
    code,
    detail: `${title}.`,
    requestId: '0197a1c2-7d3e-7c41-9b55-3f6f0c1d2e4a',
    ...(code === 'validation_failed' ? { errors: violations } : {}),
  },
})

/** By code, for components.examples. */
export const problemExamples = (catalogue) =>
  Object.fromEntries(Object.entries(catalogue).map((entry) => [entry[0], exampleOf(entry)]))

const item = ([code, { status, title, help }]) => `- \`${code}\` (${status}): ${title}. ${help}`

/** In Markdown; a table would be too narrow on a telephone. */
export const problemList = (catalogue) => Object.entries(catalogue).map(item).join('\n')
