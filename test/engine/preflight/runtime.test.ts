// Native code that does not load here is told with what is here and what is needed; an older runtime with what it costs.
import t from 'tap'
import { checkRuntime, runtimeCosts } from '../../../engine/preflight/runtime.js'

t.test('here it loads', async (t) => {
  t.doesNotThrow(() => checkRuntime())
})

t.test('where it does not', async (t) => {
  const fails = (): never => {
    throw new Error('uWebSockets.js has no native binding')
  }
  const version = process.versions.node.replaceAll('.', '\\.')
  const expected = new RegExp(
    `^uWebSockets\\.js does not load here: this is Node\\.js ${version} with glibc 2\\.\\d+ on linux \\w+; needed is Node\\.js 20, 22, 24, 25 with glibc 2\\.38 or later, or Node\\.js 20 with glibc 2\\.27 or later$`,
  )
  t.throws(() => checkRuntime(fails), { name: 'ConfigError', message: expected })
})

t.test('a native file that was changed', async (t) => {
  const changed = (): never => {
    throw new Error('uWebSockets.js: uws.node is not the pinned file')
  }
  t.throws(() => checkRuntime(changed), { message: /is not the pinned file: run npm ci again$/ })
})

t.test('what an older runtime costs', async (t) => {
  t.equal(runtimeCosts({ node: 22, hasOlderBinding: false }), null)
  t.equal(runtimeCosts({ node: 24, hasOlderBinding: false }), null)
  const both = runtimeCosts({ node: 20, hasOlderBinding: true })
  t.match(both, /^Node\.js 20 is at the end of its life, .* CPU; HTTP\/1\.0, .* no answer, /)
  t.match(both, /: not so with Node\.js 22 or 24 on glibc 2\.38 or later$/)
  t.notMatch(runtimeCosts({ node: 20, hasOlderBinding: false }), 'HTTP/1.0')
  t.notMatch(runtimeCosts({ node: 22, hasOlderBinding: true }), 'end of its life')
})

t.test('what this one costs', async (t) => {
  const isOld = Number.parseInt(process.versions.node, 10) < 22
  t.equal(runtimeCosts() === null, !isOld)
})
