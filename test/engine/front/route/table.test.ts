// A path leads to the operation of its template and to no other; everything else leads nowhere.
import fc from 'fast-check'
import t from 'tap'
import { match, planeOfPath } from '../../../../engine/front/route/table.js'
import { operations } from '../../../../engine/task/contract.js'

const all = [...operations.values()]
const fill = (path: string, value: string): string => path.replaceAll(/\{\w+\}/g, () => value)
const operation = fc.constantFrom(...all)
const segment = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !text.includes('/'))

t.test('every operation is found by its own path, with its parameters raw', async (t) => {
  fc.assert(
    fc.property(operation, segment, (one, value) => {
      const found = match(one.method, fill(one.path, value))
      const literal =
        match(one.method, fill(one.path, value))?.operation.path === fill(one.path, value)
      return (
        literal ||
        (found?.operation === one && Object.values(found.params).every((v) => v === value))
      )
    }),
  )
  t.strictSame(match('GET', '/api/v1/vault/entries/a%2Fb/secret')?.params, { entryId: 'a%2Fb' })
})

t.test('a near miss is no match', async (t) => {
  for (const { method, path } of all) {
    const real = fill(path, 'x')
    t.equal(match(method, `${real}/`), null, `${real}/`)
    t.equal(match(method, `/${real}`), null, `/${real}`)
    t.equal(match(method, real.slice(1)), null, real.slice(1))
    t.equal(match(method, `${real}/x/y/z`), null, `${real}/x/y/z`)
    // The root has no case.
    if (real !== '/') t.equal(match(method, real.toUpperCase()), null, real.toUpperCase())
    t.equal(match(method.toLowerCase(), real), null, `${method.toLowerCase()} ${real}`)
    t.equal(match('TRACE', real), null)
  }
})

t.test('an empty segment is no parameter', async (t) => {
  t.equal(match('GET', '/api/v1/users/'), null)
  t.equal(match('GET', '/api/v1/vault/entries//secret'), null)
})

t.test('template syntax, prototype names and long paths lead nowhere', async (t) => {
  for (const path of [
    '/__proto__',
    '/constructor',
    '/api/v1/__proto__',
    '',
    '*',
    '/'.repeat(100_000),
  ])
    t.equal(match('GET', path), null, path.slice(0, 20))
  t.equal(match('constructor', '/docs'), null)
})

t.test('no path at all makes the matcher throw', async (t) => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (method, path) => {
      const found = match(method, path)
      return found === null || operations.has(found.operation.operationId)
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

t.test('an unknown path still says whose token it wants', async (t) => {
  t.equal(planeOfPath('/api/v1/msp'), 'management')
  t.equal(planeOfPath('/api/v1/msp/nothing'), 'management')
  t.equal(planeOfPath('/api/v1/admin/keys/mek'), 'management')
  t.equal(planeOfPath('/api/v1/mspx'), 'tenant')
  t.equal(planeOfPath('/api/v1/vault/nothing'), 'tenant')
  t.equal(planeOfPath('/api/v1'), 'tenant')
  t.equal(planeOfPath('/api/v1/auth/nothing'), null)
  t.equal(planeOfPath('/api/v1/authority'), 'tenant')
  t.equal(planeOfPath('/api/v10/x'), null)
  t.equal(planeOfPath('/docs/x'), null)
})

t.test('the plane of a path agrees with its operation', async (t) => {
  for (const { path, plane } of all)
    t.equal(planeOfPath(path), plane === 'management' || plane === 'tenant' ? plane : null, path)
})
