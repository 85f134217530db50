// Real things for tests: an engine as a process of its own, and a PostgreSQL alone. Both get a temporary data folder
// and are gone, with everything they left, when the test ends.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { startEmbedded } from '../../engine/embedded/embedded.js'
import { clearPredecessor, processesIn } from '../../engine/embedded/predecessor.js'
import { packageRoot } from '../../engine/root.js'
import { copyOfTemplate, silentLog, temporaryFolder } from './template.js'

type Teardown = Pick<Test, 'teardown'>

export interface EngineOptions {
  /** RPPAM_* and others; win over what startEngine sets. */
  readonly env?: Readonly<Record<string, string>>
  /** Used as it is and left in place; without it a temporary one with a ready cluster. */
  readonly dataDir?: string
  /** A truly first start: initdb and all. */
  readonly fresh?: boolean
  readonly args?: readonly string[]
  /** Do not wait for /system/health/ready. */
  readonly wait?: boolean
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What callers need of an engine. */
export interface EngineAddress {
  readonly url: string
  readonly port: number
  readonly adminPassword: string
  readonly dataDir: string
}

export interface TestEngine extends EngineAddress {
  readonly pid: number
  readonly process: ChildProcess
  /** SIGTERM, and the end of it. */
  stop(): Promise<Exit>
  /** SIGKILL, and the end of it; the server is then its watchdog's. */
  kill(): Promise<Exit>
  readonly exited: Promise<Exit>
  /** Everything written to stdout and stderr so far. */
  output(): string
}

let isBuilt = process.env['TESTS_BUILT'] === '1'

/** Brings dist/ up to date, once a test file; `npm test` did it already. */
export const ensureBuilt = (): void => {
  if (isBuilt) return
  const { status } = spawnSync(process.execPath, [join(packageRoot, 'scripts', 'build.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env['PATH'] },
  })
  if (status !== 0) throw new Error('the build failed')
  isBuilt = true
}

export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** The status of a GET, certificates unchecked; 0 when there is no answer. */
export const statusOf = (url: string): Promise<number> =>
  new Promise((resolve) => {
    const options = { rejectUnauthorized: false, agent: false, timeout: 5000 }
    const request = (url.startsWith('https:') ? getHttps : getHttp)(url, options, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.once('timeout', () => request.destroy())
    request.once('error', () => resolve(0))
  })

const isRunning = (child: ChildProcess): boolean =>
  child.exitCode === null && child.signalCode === null

const untilReady = async (engine: TestEngine): Promise<void> => {
  for (let attempt = 0; attempt < 1200 && isRunning(engine.process); attempt++) {
    if ((await statusOf(`${engine.url}/system/health/ready`)) === 200) return
    await pause(25)
  }
  throw new Error(`the engine is not ready:\n${engine.output()}`)
}

const end = async (engine: TestEngine, signal: NodeJS.Signals): Promise<Exit> => {
  if (isRunning(engine.process)) engine.process.kill(signal)
  return engine.exited
}

const launch = (options: EngineOptions, dataDir: string, port: number): TestEngine => {
  const adminPassword = randomBytes(18).toString('base64url')
  // Without source maps, which are a tenth of a start's work: its output names functions all the same.
  const child = spawn(
    process.execPath,
    [join(packageRoot, 'dist', 'engine', 'main.js'), ...(options.args ?? [])],
    {
      cwd: join(dataDir, '..'),
      env: {
        PATH: process.env['PATH'],
        RPPAM_DATA_DIR: dataDir,
        RPPAM_LISTEN_PORT: String(port),
        RPPAM_BOOTSTRAP_PASSWORD: adminPassword,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let written = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (written += chunk.toString()))
  const exited = once(child, 'close').then(([code, signal]) => ({ code, signal }) as Exit)
  const scheme = options.env?.['RPPAM_LISTEN_TLS_CERT'] === undefined ? 'http' : 'https'
  const engine: TestEngine = {
    url: `${scheme}://127.0.0.1:${port}`,
    port,
    adminPassword: options.env?.['RPPAM_BOOTSTRAP_PASSWORD'] ?? adminPassword,
    dataDir,
    pid: child.pid!,
    process: child,
    exited,
    output: () => written,
    stop: () => end(engine, 'SIGTERM'),
    kill: () => end(engine, 'SIGKILL'),
  }
  return engine
}

const placeData = async (options: EngineOptions, folder: string): Promise<string> => {
  if (options.dataDir !== undefined) return options.dataDir
  // With a server of its own the engine makes no cluster; then an empty folder is what it would find.
  const isAlone = options.fresh === true || options.env?.['RPPAM_DATABASE_URL'] !== undefined
  return isAlone ? join(folder, 'data') : copyOfTemplate(folder)
}

const cleanUp = async (engine: TestEngine, folder: string): Promise<void> => {
  await engine.kill()
  const cluster = join(engine.dataDir, 'postgres')
  if (existsSync(cluster)) await clearPredecessor(cluster)
  rmSync(folder, { recursive: true, force: true })
}

/** An engine of the present sources, ready to be called. */
export const startEngine = async (
  t: Teardown,
  options: EngineOptions = {},
): Promise<TestEngine> => {
  ensureBuilt()
  const folder = temporaryFolder()
  const engine = launch(options, await placeData(options, folder), await freePort())
  t.teardown(() => cleanUp(engine, folder))
  if (options.wait !== false) await untilReady(engine)
  return engine
}

export interface ServerAddress {
  /** The superuser's address; database `postgres`. */
  readonly url: string
  /** The engine's login: LOGIN, CREATEDB, CREATEROLE. */
  readonly engineUrl: string
}

export interface TestServer extends ServerAddress {
  readonly dataDir: string
  readonly pid: number
}

const isCluster = (pid: number, dataDir: string): boolean =>
  processesIn(join(dataDir, 'postgres')).includes(pid)

/** A real PostgreSQL and nothing else. */
export const startServer = async (t: Teardown, maxConnections = 60): Promise<TestServer> => {
  const folder = temporaryFolder()
  const dataDir = await copyOfTemplate(folder)
  const server = await startEmbedded({ dataDir, maxConnections, log: silentLog })
  t.teardown(async () => {
    // At once: what a checkpoint would bring to disk is removed in the next line.
    if (isCluster(server.pid, dataDir)) process.kill(server.pid, 'SIGQUIT')
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return { url: server.administrativeUrl, engineUrl: server.url, dataDir, pid: server.pid }
}
