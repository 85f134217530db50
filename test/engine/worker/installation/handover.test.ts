// Secrets of a first start are in files of their own, private, until they are used; and no log ever holds them.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createLog } from '../../../../engine/log.js'
import { silentLog } from '../../../support/template.js'
import { Handover } from '../../../../engine/worker/installation/handover.js'

const handing = (t: Test) => {
  const folder = join(t.testdir({}), 'data')
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(line) })
  return { folder, lines, handover: new Handover(folder, log) }
}

t.test('kept until used', async (t) => {
  const { folder, lines, handover } = handing(t)
  for (const [name, keep, used] of [
    ['admin.password', () => handover.keepPassword('canary'), () => handover.passwordUsed()],
    ['setup.token', () => handover.keepToken('canary'), () => handover.tokenUsed()],
  ] as const) {
    const file = join(folder, name)
    t.equal(keep(), file)
    t.equal(readFileSync(file, 'utf8'), 'canary\n')
    t.equal(statSync(file).mode & 0o777, 0o600)
    used()
    t.notOk(existsSync(file))
    t.match(JSON.parse(lines.at(-1)!), { file, level: 30 })
    used()
  }
  t.equal(statSync(folder).mode & 0o777, 0o700)
  t.equal(lines.length, 2, 'what is gone already is nothing to be told')
  t.notMatch(lines.join(''), /canary/)
})

t.test('one of before is replaced, private whatever it was', async (t) => {
  const { folder, handover } = handing(t)
  handover.keepToken('before')
  const file = join(folder, 'setup.token')
  writeFileSync(file, 'before', { mode: 0o644 })
  handover.keepToken('after')
  t.equal(readFileSync(file, 'utf8'), 'after\n')
  t.equal(statSync(file).mode & 0o777, 0o600)
})

t.test('nowhere to write: bootstrap.password is demanded', async (t) => {
  const folder = join(t.testdir({ file: '' }), 'file')
  t.throws(() => new Handover(folder, silentLog).keepPassword('canary'), {
    message: /^bootstrap\.password must be set: .*admin\.password, which cannot be written: /,
  })
})
