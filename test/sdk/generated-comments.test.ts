// Promise: no sentence of the contract can end a comment of the SDK's sources, or make a line of its own there.
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../engine/root.js'

const { comment } = (await import(join(packageRoot, 'scripts/generate/sdk/jsdoc.mjs'))) as {
  readonly comment: (paragraphs: readonly (string | undefined)[], indent?: number) => string
}

t.test('one line, or paragraphs and then tags', async (t) => {
  t.equal(comment(['One.']), '/** One. */\n')
  t.equal(
    comment(['One.', undefined, 'Two.', '@param a A.', '@throws b'], 2),
    '  /**\n   * One.\n   *\n   * Two.\n   *\n   * @param a A.\n   * @throws b\n   */\n',
  )
})

t.test('what would end it', async (t) => {
  const text = comment(['a */ alert() /* b\n*/ c', '@param */ d'])
  t.equal(text.match(/\*\//g)?.length, 1)
  t.ok(text.endsWith('*/\n'))
})

t.test('long ones are broken at spaces', async (t) => {
  const lines = comment([Array(60).fill('word').join(' ')]).split('\n')
  t.ok(lines.length > 3)
  t.ok(lines.every((line) => line.length <= 100))
})
