// Every setting as a variable of the environment: `RPPAM_<SECTION>_<KEY>`. Taken variables are gone from it.
import type { TSchema } from '@sinclair/typebox'
import { refuse } from './refusal.js'
import { schema } from './schema.js'

export type Environment = Record<string, string | undefined>

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

export const variableOf = (path: readonly string[]): string =>
  `RPPAM_${path.map((part) => part.replace(/[A-Z]/g, '_$&').toUpperCase()).join('_')}`

export const variables = new Map(leaves(schema).map((leaf) => [variableOf(leaf.path), leaf]))

/** Every variable the engine reads, for the documentation and its test. */
export const variableNames: readonly string[] = [
  'RPPAM_CONFIG',
  'RPPAM_ALLOW_INSPECT',
  ...variables.keys(),
]

/** Variables of clients, of tests and of the start itself (SPEC §13): read elsewhere, or by nobody, and no fault. */
const noSettings = new Set(['RPPAM_CONFIG', 'RPPAM_URL', 'RPPAM_TOKEN', 'RPPAM_ALLOW_INSPECT'])

/** What Kubernetes gives every pod of a namespace for a Service whose name is `rppam` or begins with `rppam-`. */
const ofServices = [
  /^RPPAM_(.*_)?SERVICE_(HOST|PORT(_.+)?)$/,
  /^RPPAM_(.*_)?PORT_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?$/,
]

const isOfService = (name: string, value: string): boolean =>
  ofServices.some((pattern) => pattern.test(name)) ||
  (/^RPPAM_(.*_)?PORT$/.test(name) && /^(tcp|udp):\/\//.test(value))

export const isNoSetting = (name: string, value: string): boolean =>
  noSettings.has(name) || name.startsWith('RPPAM_TEST_') || isOfService(name, value)

/** A variable's text as the kind of its setting; throws a ConfigError. */
export const fromText = (name: string, value: string, kind: unknown): unknown => {
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

export type Tree = { [key: string]: unknown }

export const put = (tree: Tree, path: readonly string[], value: unknown): void => {
  const [key, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) tree[key] = value
  else put((tree[key] ??= {}) as Tree, rest, value)
}

/** Takes the variables out of the environment, so that no child, worker or report ever sees them. */
export const takeVariables = (env: Environment): Map<string, string> => {
  const taken = new Map<string, string>()
  for (const name of Object.keys(env).filter((key) => key.startsWith('RPPAM_'))) {
    const value = env[name]
    if (value !== undefined && value !== '') taken.set(name, value)
    delete env[name]
  }
  return taken
}
