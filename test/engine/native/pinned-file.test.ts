// A native file is taken when it is the one that was pinned, and passed over when it is not there.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { openNative, packageFolder, pinnedFile } from '../../../engine/native/pinned-file.js'

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

t.test('the pinned file, another one, none', async (t) => {
  const path = join(t.testdir({ 'x.node': 'native' }), 'x.node')
  t.equal(pinnedFile('owner', path, hash('native')), path)
  t.throws(() => pinnedFile('owner', path, hash('else')), {
    message: 'owner: x.node is not the pinned file',
  })
  t.equal(pinnedFile('owner', `${path}.gone`, hash('native')), null)
  t.equal(pinnedFile('owner', path, undefined), null, 'no pin, no file')
})

t.test('what the system cannot load is none', async (t) => {
  t.equal(openNative(join(t.testdir({ 'x.node': 'native' }), 'x.node')), null)
})

t.test('a package that is not installed has no folder', async (t) => {
  t.equal(packageFolder('no-such-package'), null)
  t.match(packageFolder('sodium-native'), /node_modules\/sodium-native$/)
})
