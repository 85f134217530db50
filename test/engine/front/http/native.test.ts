// Only the pinned native file is loaded.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRequire } from 'node:module'
import t, { type Test } from 'tap'
import {
  type Binding,
  bindings,
  loadNative,
  verifiedFile,
} from '../../../../engine/front/http/native.js'

const require = createRequire(import.meta.url)
const name = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`
/** Not every package lets its package.json be asked for. */
const packageOf = ({ package: alias }: Binding): string => {
  const [before] = require.resolve(alias).split(join('node_modules', alias))
  return join(before!, 'node_modules', alias)
}
/** On Node 20 both, on later ones the newer. */
const own = bindings.filter(({ files }) => name in files)

t.ok(own.length > 0)
for (const binding of own) {
  const placed = (t: Test, bytes: Buffer | string): string => {
    const place = t.testdir({})
    mkdirSync(join(place, binding.folder), { recursive: true })
    writeFileSync(join(place, binding.folder, name), bytes)
    return place
  }

  t.test(`${binding.package}: the installed file is the pinned one`, async (t) => {
    const folder = packageOf(binding)
    t.equal(verifiedFile(binding, folder), join(folder, binding.folder, name))
  })

  t.test(`${binding.package}: a file that was changed is refused`, async (t) => {
    const place = placed(t, 'something else')
    t.throws(() => verifiedFile(binding, place), /is not the pinned file/)
  })

  t.test(`${binding.package}: a true file of another platform is refused`, async (t) => {
    const folder = join(packageOf(binding), binding.folder)
    const isOther = (file: string): boolean => /_115\.node$/.test(file) && file !== name
    const place = placed(t, readFileSync(join(folder, readdirSync(folder).find(isOther)!)))
    t.throws(() => verifiedFile(binding, place), /is not the pinned file/)
  })

  t.test(`${binding.package}: one that is not there is passed over`, async (t) => {
    t.equal(verifiedFile(binding, null), null)
    t.equal(verifiedFile(binding, t.testdir({})), null)
  })
}

t.test('what loads is native code, not a fallback', async (t) => {
  t.match(Function.prototype.toString.call(loadNative().App), /\[native code\]/)
})
