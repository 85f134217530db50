// Every setting: its type, bounds and default. Keys are the names in the file; variables follow from them.
import { Type, type Static, type TSchema } from '@sinclair/typebox'

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
    /** What new records are sealed with; either opens. */
    suite: oneOf(['xchacha20-poly1305', 'xaes-256-gcm']),
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
    /** The contract allows no more. */
    fieldBytes: count(64 * KiB, 1, 64 * KiB),
    entryBytes: count(256 * KiB, 1),
    /** Of one answer: what does not fit a batch any more is answered `answer_too_large`. */
    answerBytes: count(4 * MiB, 64 * KiB, 64 * MiB),
    /** Of all answers from the request on until their readers have taken them; over it requests wait, then 503. */
    heldAnswerBytes: count(128 * MiB, MiB),
    heldAnswerBytesPerTenant: count(32 * MiB, MiB),
    /** A reader that takes nothing for so long is cut off. */
    slowReaderSeconds: count(15, 1, 300),
    openTenants: count(256),
    /** Requests in flight per shard; over it 503. */
    inFlight: count(4096, 64),
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

export const schema = Type.Object(sections, { additionalProperties: false })

/** As it is given, with defaults. */
export type Settings = Static<typeof schema>
export type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T
