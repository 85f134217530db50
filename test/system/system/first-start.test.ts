// Off a terminal a first start writes lines of the log and nothing else; the administrator's password is in a private
// file, whose path is logged, until it is used.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runtimeCosts } from '../../../engine/preflight/runtime.js'
import { apiOf } from '../../support/api.js'
import { startEngine, startServer } from '../../support/engine.js'
import { until } from '../../support/until.js'

interface Line {
  readonly msg: string
  readonly file?: string
}

t.test('what it says, and where the password is', async (t) => {
  const server = await startServer(t)
  const env = { RPPAM_DATABASE_URL: server.engineUrl, RPPAM_BOOTSTRAP_PASSWORD: '' }
  const engine = await startEngine(t, { env })
  await until(() => engine.output().includes('listens on'))
  const lines = (): Line[] =>
    engine
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
  const file = join(engine.dataDir, 'admin.password')
  t.ok(lines().some((line) => line.file === file))
  t.ok(lines().some((line) => line.file === join(engine.dataDir, 'mek.key')))
  const costs = lines().filter(({ msg }) => msg === runtimeCosts())
  t.equal(costs.length, runtimeCosts() === null ? 0 : 1)
  t.ok(lines().some(({ msg }) => msg.includes(`RP-PAM listens on ${engine.url}`)))
  t.equal(statSync(file).mode & 0o777, 0o600)
  const password = readFileSync(file, 'utf8').trim()
  const call = apiOf(engine.url)
  const signIn = (text: string) =>
    call('POST', 'auth/login', { body: { username: 'admin', password: text } })
  t.equal((await signIn('another password')).status, 401)
  t.ok(existsSync(file), 'only the right one uses it')
  t.equal((await signIn(password)).status, 200)
  t.ok(await until(() => !existsSync(file)))
  t.notMatch(engine.output(), password)
  await engine.stop()
  t.doesNotThrow(lines)
})
