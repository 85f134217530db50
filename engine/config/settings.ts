// The settings as they are given: the file, then the variables, which win. It must never repeat a submitted value: some
// of them are secrets.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv, type ErrorObject } from 'ajv'
import { systemReason } from '../system-reason.js'
import { faultIn } from './json-position.js'
import { refuse } from './refusal.js'
import { type Settings, schema } from './schema.js'
import {
  type Environment,
  type Tree,
  fromText,
  isNoSetting,
  put,
  takeVariables,
  variableOf,
  variables,
} from './variables.js'

// The schema is checked by its types: compiling what would check it takes longer than all else here.
const ajv = new Ajv({ useDefaults: true, allErrors: false, validateSchema: false, meta: false })
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
  const fault = faultIn(content)
  const place = fault === null ? '' : ` (line ${fault.line}, column ${fault.column})`
  return refuse(`${path} is not a valid JSON object${place}`)
}

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    return refuse(`the configuration in ${path} cannot be read: ${systemReason(error)}`)
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

export const readSettings = (env: Environment, cwd: string): Settings => {
  const set = takeVariables(env)
  const tree = readFile(set.get('RPPAM_CONFIG'), cwd)
  if ((tree['keys'] as Tree | undefined)?.['mek'] !== undefined)
    refuse('keys.mek may only be given as RPPAM_KEYS_MEK, never in the file')
  if (!validate(structuredClone(tree))) refuse(describe(validate.errors![0]!, new Map()))
  for (const [name, value] of set) {
    if (isNoSetting(name, value)) continue
    const leaf = variables.get(name) ?? refuse(`unknown variable ${name}`)
    put(tree, leaf.path, fromText(name, value, leaf.schema['type']))
  }
  if (!validate(tree)) refuse(describe(validate.errors![0]!, set))
  refuseSealed(tree, '')
  return tree as unknown as Settings
}
