// A PostgreSQL with fsync = off, which the embedded one cannot be: started here, with the same cluster and account.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { addressOf, administratorRole, readAccess } from '../../../../../engine/embedded/access.js'
import { accountOf } from '../../../../../engine/embedded/account.js'
import { findBinaries } from '../../../../../engine/embedded/binaries.js'
import { here, serverEnvironment } from '../../../../../engine/embedded/cluster.js'
import { serverArguments } from '../../../../../engine/embedded/settings.js'
import { targetFromUrl } from '../../../../../engine/worker/store/postgres/target.js'
import { queryAs } from '../../../../support/database.js'
import { freePort } from '../../../../support/engine.js'
import { copyOfTemplate, temporaryFolder } from '../../../../support/template.js'

/** The superuser's address. */
export const startUnsafeServer = async (t: Pick<Test, 'teardown'>): Promise<string> => {
  const folder = temporaryFolder()
  const dataDir = await copyOfTemplate(folder)
  const cluster = join(dataDir, 'postgres')
  const credentials = accountOf(cluster)
  const binaries = await findBinaries(credentials, dataDir)
  const port = await freePort()
  const settings = [...serverArguments(port, 20), '-c', 'fsync=off']
  const server = spawn(join(binaries, 'bin', 'postgres'), ['-D', here, ...settings], {
    ...credentials,
    cwd: cluster,
    env: serverEnvironment,
    stdio: 'ignore',
  })
  const ended = once(server, 'exit')
  t.teardown(async () => {
    server.kill('SIGQUIT')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  const url = addressOf(administratorRole, readAccess(dataDir)!.administratorPassword, port)
  await untilAnswering(url, () => server.exitCode !== null)
  return url
}

const untilAnswering = async (url: string, hasEnded: () => boolean): Promise<void> => {
  const query = queryAs(targetFromUrl(url))
  for (let attempt = 0; attempt < 400 && !hasEnded(); attempt++) {
    const [answer] = await query('select 1').catch(() => [])
    if (answer !== undefined) return
    await pause(25)
  }
  throw new Error('the server does not start')
}
