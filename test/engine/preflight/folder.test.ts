// Whether something can be written to a folder is known without making it.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { whyNotWritable } from '../../../engine/preflight/folder.js'

t.test('there, or to be made', async (t) => {
  const folder = t.testdir({ file: '' })
  t.equal(whyNotWritable(folder), null)
  t.equal(whyNotWritable(join(folder, 'a', 'b')), null)
  t.notOk(existsSync(join(folder, 'a')))
})

t.test('a file in its place, or on the way', async (t) => {
  const file = join(t.testdir({ file: '' }), 'file')
  t.equal(whyNotWritable(file), `${file} is no folder`)
  t.match(whyNotWritable(join(file, 'data')), /no folder/)
})

t.test('not permitted', async (t) => {
  t.match(whyNotWritable('/proc/1/data'), /^\/proc.* cannot be written to: /)
})
