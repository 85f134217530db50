// The one place that reads the environment. File and variables become one readonly object without optionals; any key
// that is wrong or unknown stops the start with one line that names it. It must never repeat a submitted value: some
// of them are secrets. Relative paths count from the folder the engine is started in.
import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Ajv, type ErrorObject } from 'ajv'

const KiB = 1024
const MiB = 1024 * KiB

const text = Type.String({ minLength: 1, maxLength: 4096 })
const unset = Type.Union([text, Type.Null()], { default: null })
const count = (value: number, minimum = 1, maximum = 2 ** 31) =>
  Type.Integer({ default: value, minimum, maximum })
const flag = (value: boolean) => Type.Boolean({ default: value })
const list = () => Type.Array(text, { default: [] })
const oneOf = <const T extends string>(values: readonly [T, ...T[]]) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], default: values[0] })
const section = <T extends Record<string, TSchema>>(keys: T) =>
  Type.Object(keys, { additionalProperties: false, default: {} })

const sections = {
  node: section({ name: unset }),
  listen: section({
    host: Type.String({ minLength: 1, default: '127.0.0.1' }),
    port: count(7101, 0, 65535),
    /** Paths of PEM files; both or neither. */
    tls: section({ cert: unset, key: unset }),
    /** Addresses or networks (10.0.0.0/8) whose forwarded headers count. */
    trustedProxies: list(),
    allowedHosts: list(),
    cors: section({ origins: list() }),
  }),
  data: section({ dir: Type.String({ minLength: 1, default: '.rppam' }) }),
  database: section({
    /** postgres:// address of a login with CREATEDB and CREATEROLE; unset means the embedded server. */
    url: unset,
    maxConnections: count(60, 4, 10_000),
    /** For benches only: goes on with a server whose fsync is off. */
    allowUnsafeFsync: flag(false),
  }),
  control: section({ maxSilenceMs: count(5000, 500), pollMs: count(250, 10) }),
  keys: section({
    provider: oneOf(['file', 'environment']),
    /** Unset means `<data.dir>/mek.key`. */
    mekFile: unset,
    /** Lines of a MEK file, for the provider `environment`; only as RPPAM_KEYS_MEK, never in the file. */
    mek: unset,
    cacheTtlSeconds: count(300),
    retireAfterDays: count(90),
  }),
  license: section({
    /** Path of the licence (a JWT). */
    file: unset,
    /** Paths of JSON files with the vendor's public keys: one JWK or a JWK set each. */
    publicKeys: list(),
    tenantCode: Type.String({
      default: 'main',
      pattern: '^(?=.{3,20}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*$',
    }),
  }),
  bootstrap: section({ password: unset }),
  limits: section({
    bodyBytes: count(MiB, KiB, 64 * MiB),
    fieldBytes: count(64 * KiB, 1),
    entryBytes: count(256 * KiB, 1),
    openTenants: count(256),
    /** Requests in flight per shard; over it 503. */
    inFlight: count(4096),
    /** Failed attempts a minute. */
    signInFailuresPerAddress: count(100),
    signInFailuresPerUser: count(10),
    /** A refused sign-in is answered no earlier than this. */
    signInFloorMs: count(250, 0, 10_000),
    /** An unused tenant is closed after this. */
    tenantIdleSeconds: count(300),
    /** Longest `Prefer: wait`. */
    waitSeconds: count(60, 0, 3600),
  }),
  audit: section({ anchorIntervalMs: count(1000, 10), anchorEvery: count(1000) }),
  /** 0 shards: one less than there are cores, at least one. */
  workers: section({ shards: count(0, 0, 256) }),
  logging: section({
    level: oneOf(['info', 'trace', 'debug', 'warn', 'error', 'fatal', 'silent']),
  }),
}

const schema = Type.Object(sections, { additionalProperties: false })

type Settings = Static<typeof schema>
type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T

/** Everything the engine may be told, resolved: paths absolute, nothing optional, null where unset. */
export type Config = DeepReadonly<
  Omit<Settings, 'node' | 'listen' | 'keys'> & {
    node: { name: string }
    listen: Omit<Settings['listen'], 'tls'> & { tls: { cert: string; key: string } | null }
    keys: Omit<Settings['keys'], 'mekFile'> & { mekFile: string }
    production: boolean
  }
>

export type Environment = Record<string, string | undefined>

/** The start is refused; the message is one line and names the key. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message.replace(/\s+/g, ' '))
    this.name = 'ConfigError'
  }
}

const refuse = (message: string): never => {
  throw new ConfigError(message)
}

interface Leaf {
  readonly path: readonly string[]
  readonly schema: TSchema
}

const leaves = (node: TSchema, path: readonly string[] = []): Leaf[] =>
  node['type'] === 'object'
    ? Object.entries(node['properties'] as Record<string, TSchema>).flatMap(([key, child]) =>
        leaves(child, [...path, key]),
      )
    : [{ path, schema: node }]

const variableOf = (path: readonly string[]): string =>
  `RPPAM_${path.map((part) => part.replace(/[A-Z]/g, '_$&').toUpperCase()).join('_')}`

const variables = new Map(leaves(schema).map((leaf) => [variableOf(leaf.path), leaf]))

/** Every variable the engine reads, for the documentation and its test. */
export const variableNames: readonly string[] = ['RPPAM_CONFIG', ...variables.keys()]

const fromText = (name: string, value: string, kind: unknown): unknown => {
  if (kind === 'integer')
    return /^-?\d{1,15}$/.test(value) ? Number(value) : refuse(`${name} must be integer`)
  if (kind === 'boolean')
    return value === 'true' || value === 'false'
      ? value === 'true'
      : refuse(`${name} must be true or false`)
  if (kind === 'array')
    return value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
  return value
}

type Tree = { [key: string]: unknown }

const put = (tree: Tree, path: readonly string[], value: unknown): void => {
  const [key, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) tree[key] = value
  else put((tree[key] ??= {}) as Tree, rest, value)
}

/** Takes the variables out of the environment, so that no child, worker or report ever sees them. */
const takeVariables = (env: Environment): Map<string, string> => {
  const taken = new Map<string, string>()
  for (const name of Object.keys(env).filter((key) => key.startsWith('RPPAM_'))) {
    const value = env[name]
    if (value !== undefined && value !== '') taken.set(name, value)
    delete env[name]
  }
  return taken
}

const ajv = new Ajv({ useDefaults: true, allErrors: false })
const validate = ajv.compile(schema)

const nameOf = (pointer: string): string => pointer.slice(1).replaceAll('/', '.')

const describe = (error: ErrorObject, set: ReadonlyMap<string, string>): string => {
  const at = nameOf(error.instancePath)
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params['additionalProperty'])
    return `unknown key ${at === '' ? key : `${at}.${key}`}`
  }
  const variable = variableOf(at.split('.'))
  const rule =
    error.keyword === 'enum' ? `one of ${String(error.params['allowedValues'])}` : error.message
  const name = at === '' ? 'the configuration' : set.has(variable) ? variable : at
  return `${name} ${error.keyword === 'enum' ? 'must be ' : ''}${rule ?? 'is wrong'}`
}

const parseFile = (path: string, content: string): Tree => {
  try {
    const parsed: unknown = JSON.parse(content)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Tree
  } catch {
    // The parser's own message quotes the file, which may hold secrets.
  }
  return refuse(`${path} is not a valid JSON object`)
}

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    return refuse(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

const readFile = (named: string | undefined, cwd: string): Tree => {
  const candidates =
    named === undefined
      ? [join(cwd, 'rppam.config'), '/etc/rppam/rppam.config']
      : [resolve(cwd, named)]
  for (const path of candidates) {
    const content = readIfThere(path)
    if (content !== undefined) return parseFile(path, content)
  }
  return named === undefined
    ? {}
    : refuse(`RPPAM_CONFIG names ${candidates[0]}, which does not exist`)
}

const refuseSealed = (value: unknown, name: string): void => {
  if (typeof value === 'string' && value.startsWith('ENC:'))
    refuse(`${name} is a sealed value (ENC:), which this version cannot open`)
  if (typeof value === 'object' && value !== null)
    for (const [key, child] of Object.entries(value))
      refuseSealed(child, name === '' ? key : `${name}.${key}`)
}

const readSettings = (env: Environment, cwd: string): Settings => {
  const set = takeVariables(env)
  const tree = readFile(set.get('RPPAM_CONFIG'), cwd)
  if ((tree['keys'] as Tree | undefined)?.['mek'] !== undefined)
    refuse('keys.mek may only be given as RPPAM_KEYS_MEK, never in the file')
  if (!validate(structuredClone(tree))) refuse(describe(validate.errors![0]!, new Map()))
  for (const [name, value] of set) {
    if (name === 'RPPAM_CONFIG') continue
    const leaf = variables.get(name) ?? refuse(`unknown variable ${name}`)
    put(tree, leaf.path, fromText(name, value, leaf.schema['type']))
  }
  if (!validate(tree)) refuse(describe(validate.errors![0]!, set))
  refuseSealed(tree, '')
  return tree as unknown as Settings
}

const debugFlag = /^--(inspect|heapsnapshot-signal|report-)/

/** FORMATS §9: a debugger or a heap snapshot shows keys. */
const refuseDebugging = (flags: readonly string[]): void => {
  const found = flags
    .map((each) => each.split('=')[0]!.replaceAll('_', '-'))
    .find((each) => debugFlag.test(each))
  if (found !== undefined) refuse(`the Node.js option ${found} is refused in production`)
}

const checkNetwork = (network: string): void => {
  const [address = '', prefix, more] = network.split('/')
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  try {
    if (isIP(address) === 0 || more !== undefined) throw new Error('not an address')
    if (prefix !== undefined)
      new BlockList().addSubnet(address, /^\d+$/.test(prefix) ? Number(prefix) : -1, family)
  } catch {
    refuse('listen.trustedProxies must hold addresses or networks like 10.0.0.0/8')
  }
}

const checkOrigin = (origin: string): void => {
  if (!URL.canParse(origin) || new URL(origin).origin !== origin)
    refuse('listen.cors.origins must hold origins like https://portal.example')
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

const resolveTls = (
  { tls }: Settings['listen'],
  cwd: string,
): { cert: string; key: string } | null => {
  if (tls.cert === null && tls.key === null) return null
  if (tls.cert === null || tls.key === null) return refuse('listen.tls needs both cert and key')
  return { cert: resolve(cwd, tls.cert), key: resolve(cwd, tls.key) }
}

const checkListen = (listen: Settings['listen']): void => {
  listen.trustedProxies.forEach(checkNetwork)
  listen.cors.origins.forEach(checkOrigin)
  if (listen.tls.cert === null && listen.trustedProxies.length === 0 && !isLoopback(listen.host))
    refuse(
      'listen.host: plain HTTP only on loopback; any other address needs listen.tls or listen.trustedProxies',
    )
}

const checkDatabase = ({ url }: Settings['database']): void => {
  if (url !== null && !(URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)))
    refuse('database.url must be a postgres:// address')
}

const checkKeys = ({ provider, mek }: Settings['keys']): void => {
  if (provider === 'environment' && mek === null)
    refuse('keys.provider environment needs RPPAM_KEYS_MEK')
  if (provider === 'file' && mek !== null) refuse('RPPAM_KEYS_MEK needs keys.provider environment')
}

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null)
    Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}

/**
 * Reads `$RPPAM_CONFIG`, else `./rppam.config`, else `/etc/rppam/rppam.config`, then the RPPAM_* variables, which win
 * and are removed from `env`. An empty variable counts as unset; lists are comma-separated.
 * @throws ConfigError one line that names the key
 */
export const loadConfig = (
  env: Environment,
  cwd: string,
  nodeFlags: readonly string[] = process.execArgv,
): Config => {
  const settings = readSettings(env, cwd)
  const production = env['NODE_ENV'] === 'production'
  if (production) refuseDebugging([...nodeFlags, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)])
  checkListen(settings.listen)
  checkDatabase(settings.database)
  checkKeys(settings.keys)
  const dir = resolve(cwd, settings.data.dir)
  return deepFreeze({
    ...settings,
    production,
    node: { name: settings.node.name ?? hostname() },
    listen: { ...settings.listen, tls: resolveTls(settings.listen, cwd) },
    data: { dir },
    keys: {
      ...settings.keys,
      mekFile: resolve(cwd, settings.keys.mekFile ?? join(dir, 'mek.key')),
    },
    license: {
      ...settings.license,
      file: settings.license.file === null ? null : resolve(cwd, settings.license.file),
      publicKeys: settings.license.publicKeys.map((path) => resolve(cwd, path)),
    },
  })
}

/** `loadConfig` for this process. */
export const loadProcessConfig = (): Config => loadConfig(process.env, process.cwd())
