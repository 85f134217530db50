// Only the pinned native file is loaded.
import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRequire } from 'node:module'
import t from 'tap'
import { bindings, loadNative, verifiedFile } from '../../../../engine/front/http/native.js'

const require = createRequire(import.meta.url)
const folder = dirname(require.resolve('uWebSockets.js/package.json'))
const binding = bindings.find((each) => each.package === 'uWebSockets.js')!
const name = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`

t.test('the installed file is the pinned one', async (t) => {
  t.equal(verifiedFile(binding, folder), join(folder, binding.folder, name))
})

t.test('a file that was changed is refused', async (t) => {
  const place = t.testdir({ binaries: { [name]: 'something else' } })
  t.throws(() => verifiedFile(binding, place), /is not the pinned file/)
})

t.test('a true file under the name of another platform is refused', async (t) => {
  const place = t.testdir({})
  mkdirSync(join(place, 'binaries'))
  copyFileSync(join(folder, 'binaries', 'uws_linux_arm_115.node'), join(place, 'binaries', name))
  t.throws(() => verifiedFile(binding, place), /is not the pinned file/)
})

t.test('a package that is not there is passed over', async (t) => {
  t.equal(verifiedFile(binding, null), null)
  t.equal(verifiedFile(binding, t.testdir({})), null)
})

t.test('what loads is native code, not a fallback', async (t) => {
  t.match(Function.prototype.toString.call(loadNative().App), /\[native code\]/)
})
