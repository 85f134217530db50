// Native code that does not load here is told with what is here and what is needed.
import t from 'tap'
import { checkRuntime } from '../../../engine/preflight/runtime.js'

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
