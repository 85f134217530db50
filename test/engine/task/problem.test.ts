// Every code of the catalogue as a problem document, with the headers of its status and nothing that was not given.
import t from 'tap'
import { type ErrorCode, errorCatalogue } from '../../../engine/errors.js'
import { newId } from '../../../engine/ids.js'
import { problemHeaders, problemOf } from '../../../engine/task/problem.js'

const codes = Object.keys(errorCatalogue) as ErrorCode[]
const requestId = newId()

t.test('type, title, status and code of each', async (t) => {
  for (const code of codes) {
    const { status, title } = errorCatalogue[code]
    const type = `urn:rppam:problem:${code}`
    t.strictSame(problemOf(code, requestId), {
      type,
      title,
      status,
      code,
      detail: `${title}.`,
      requestId,
    })
  }
})

t.test('detail and violations where there are some', async (t) => {
  const violations = [{ pointer: '/name', message: 'is required' }]
  t.match(problemOf('validation_failed', requestId, 'x', violations), {
    detail: 'x',
    errors: violations,
  })
  t.notOk('errors' in problemOf('validation_failed', requestId, undefined, []))
})

t.test('401 asks for a token, 503 says when to come again, nothing else does', async (t) => {
  for (const code of codes) {
    const headers = problemHeaders(code)
    const { status } = errorCatalogue[code]
    t.equal(headers['content-type'], 'application/problem+json')
    t.equal('www-authenticate' in headers, status === 401, code)
    t.equal('retry-after' in headers, status === 503, code)
  }
})
