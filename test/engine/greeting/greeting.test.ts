// A first start tells what is where and what must be backed up, and ends at a secret; later ones say where it listens.
// Off a terminal there are lines of the log, and no secret among them.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { loadConfig } from '../../../engine/config.js'
import {
  sayListening,
  sayOpened,
  sayOwnTenant,
  sayRuntime,
  sayServer,
} from '../../../engine/greeting/greeting.js'
import { createVoice } from '../../../engine/greeting/voice.js'
import { createLog } from '../../../engine/log.js'

const canary = 'canary-pass_word'
const first = {
  isFirstStart: true,
  password: { generated: null, file: '/data/admin.password' },
  license: { edition: 'msp', isDevelopment: true, maxTenants: 25 },
} as const
const shown = { ...first, password: { generated: canary, file: null } }

const speaking = (t: Test, terminal: boolean) => {
  const written: string[] = []
  const out = { write: (text: string) => written.push(text) }
  const voice = createVoice(createLog('info', out), terminal ? out : null)
  return { voice, config: loadConfig({}, t.testdir(), []), written }
}

t.test('at a terminal, the first time', async (t) => {
  const { voice, config, written } = speaking(t, true)
  sayServer(voice, config, true)
  sayOpened(voice, config, shown)
  sayListening(voice, config, 7101, shown)
  const text = written.join('')
  t.match(text, new RegExp(`^First start: .*${config.data.dir}\n`))
  t.match(
    text,
    `back it up, apart from the data; without it nothing opens ever again: ${config.keys.mekFile}\n`,
  )
  t.match(text, 'The development licence counts: edition msp, up to 25 tenant(s)\n')
  t.match(text, `"admin", the password (shown this once, nothing resets it): ${canary}\n`)
  t.match(text, 'RP-PAM listens on http://127.0.0.1:7101; ')
  t.match(text, /entries\/\$ENTRY\/secret .* \| jq \.fields\n$/)
  const commands = text.split('\n').filter((line) => line.startsWith('  '))
  t.equal(spawnSync('sh', ['-n'], { input: commands.join('\n') }).status, 0, 'and can be pasted')
})

t.test('off a terminal, the first time', async (t) => {
  const { voice, config, written } = speaking(t, false)
  sayServer(voice, config, true)
  sayOpened(voice, config, first)
  sayListening(voice, config, 7101, first)
  const lines = written.map((line) => JSON.parse(line) as { msg: string; file?: string })
  t.match(lines.at(-1), { msg: /^RP-PAM listens on http:\/\/127\.0\.0\.1:7101/, port: 7101 })
  t.strictSame(
    lines.flatMap(({ file }) => file ?? []),
    [config.data.dir, config.data.dir, config.keys.mekFile, '/data/admin.password'],
  )
  const wrong = speaking(t, false)
  sayOpened(wrong.voice, wrong.config, shown)
  t.notMatch(wrong.written.join(''), canary)
})

t.test('later starts say less', async (t) => {
  for (const terminal of [true, false]) {
    const { voice, config, written } = speaking(t, terminal)
    const later = { ...first, isFirstStart: false, password: { generated: null, file: null } }
    sayServer(voice, config, false)
    sayOpened(voice, config, later)
    sayListening(voice, config, 7101, later)
    t.equal(written.length, 1)
    t.match(written[0], /RP-PAM listens on http/)
  }
})

t.test("the enterprise edition's tenant, by token or by file", async (t) => {
  const tenant = { shortCode: 'main', adminUsername: 'admin@localhost' }
  const file = join('/data', 'setup.token')
  const shownOne = speaking(t, true)
  sayOwnTenant(shownOne.voice, shownOne.config, 1, { ...tenant, setupToken: canary, file: null })
  t.match(shownOne.written.join(''), new RegExp(`auth/setup with this token .*: ${canary}\n`))
  const kept = speaking(t, false)
  sayOwnTenant(kept.voice, kept.config, 1, { ...tenant, setupToken: null, file })
  t.match(JSON.parse(kept.written.join('')), { msg: /^The tenant is "main"/, file })
  sayOwnTenant(kept.voice, kept.config, 1, null)
  t.equal(kept.written.length, 1)
})

t.test('a runtime that costs something', async (t) => {
  const shownOne = speaking(t, true)
  sayRuntime(shownOne.voice, 'it costs this')
  t.strictSame(shownOne.written, ['it costs this\n'])
  const kept = speaking(t, false)
  sayRuntime(kept.voice, 'it costs this')
  t.match(JSON.parse(kept.written.join('')), { level: 40, msg: 'it costs this' })
  sayRuntime(kept.voice, null)
  t.equal(kept.written.length, 1)
})
