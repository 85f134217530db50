// Method and path → operation. Compares raw bytes of the path, segment by segment: nothing is decoded, folded or
// normalised here, so that two spellings of a path can never reach two operations.
import { type Operation, operations } from '../../task/contract.js'

export interface Match {
  readonly operation: Operation
  /** Raw, as they stand in the path: parameters.ts decodes and checks them. */
  readonly params: Readonly<Record<string, string>>
}

interface Node {
  readonly literals: Map<string, Node>
  parameter: Node | null
  readonly operations: Map<string, Operation>
}

const emptyNode = (): Node => ({ literals: new Map(), parameter: null, operations: new Map() })

const isParameter = (segment: string): boolean => segment.startsWith('{')
const segmentsOf = (path: string): string[] => path.split('/').slice(1)

const childOf = (node: Node, segment: string): Node => {
  if (isParameter(segment)) return (node.parameter ??= emptyNode())
  const child = node.literals.get(segment) ?? emptyNode()
  node.literals.set(segment, child)
  return child
}

const root = emptyNode()
/** By method, by path. */
const literalPaths = new Map<string, Map<string, Match>>()
const parameterNames = new Map<Operation, readonly string[]>()
const noParams: Readonly<Record<string, string>> = Object.freeze({})

for (const operation of operations.values()) {
  const segments = segmentsOf(operation.path)
  segments.reduce(childOf, root).operations.set(operation.method, operation)
  const names = segments.filter(isParameter).map((segment) => segment.slice(1, -1))
  parameterNames.set(operation, names)
  const literals = literalPaths.get(operation.method) ?? new Map<string, Match>()
  literalPaths.set(operation.method, literals)
  if (names.length === 0) literals.set(operation.path, { operation, params: noParams })
}

/**
 * A literal segment wins over a parameter; where it leads nowhere the parameter is tried. `from`: where in the path the
 * next segment begins, behind its slash.
 */
const find = (
  node: Node,
  path: string,
  from: number,
  method: string,
  values: string[],
): Operation | null => {
  if (from > path.length) return node.operations.get(method) ?? null
  const slash = path.indexOf('/', from)
  const end = slash < 0 ? path.length : slash
  const segment = path.slice(from, end)
  const literal = node.literals.get(segment)
  const found = literal ? find(literal, path, end + 1, method, values) : null
  if (found || !node.parameter || segment === '') return found
  values.push(segment)
  const byParameter = find(node.parameter, path, end + 1, method, values)
  if (!byParameter) values.pop()
  return byParameter
}

/** The longest path of the contract has far fewer; a longer one is not split. */
const maximalLength = 512

/** The operation of an upper-case method and a raw path without its query, or null. */
export const match = (method: string, path: string): Match | null => {
  const literal = literalPaths.get(method)?.get(path)
  if (literal) return literal
  if (path.length > maximalLength || !path.startsWith('/')) return null
  const values: string[] = []
  const operation = find(root, path, 1, method, values)
  if (!operation) return null
  const params: Record<string, string> = {}
  parameterNames.get(operation)!.forEach((name, index) => (params[name] = values[index]!))
  return { operation, params }
}

const nodesAt = (node: Node, segments: readonly string[], at: number): Node[] => {
  const segment = segments[at]
  if (segment === undefined) return [node]
  const children = [node.literals.get(segment), segment === '' ? null : node.parameter]
  return children.flatMap((child) => (child ? nodesAt(child, segments, at + 1) : []))
}

/** HEAD is for what the front itself shows, metrics among it (SPEC §7). */
export const isShown = ({ plane, operationId }: Operation): boolean =>
  plane === 'front' || operationId === 'getMetrics'

/** Null: no operation is there. */
export const methodsOf = (path: string): readonly string[] | null => {
  const nodes = path.length > maximalLength ? [] : nodesAt(root, segmentsOf(path), 0)
  const found = nodes.flatMap(({ operations }) => [...operations.values()])
  if (found.length === 0) return null
  const methods = found.map(({ method }) => method)
  return [...new Set([...methods, ...(found.some(isShown) ? ['HEAD'] : [])])].sort()
}

const isBelow = (path: string, prefix: string): boolean =>
  path === prefix || path.startsWith(`${prefix}/`)

/**
 * Whose token a path wants, whether or not it exists: an unknown path must answer 401 and 403 before 404. Null: none.
 */
export const planeOfPath = (path: string): 'management' | 'tenant' | null => {
  if (path === '/metrics' || isBelow(path, '/api/v1/msp') || isBelow(path, '/api/v1/admin'))
    return 'management'
  if (isBelow(path, '/api/v1/auth')) return null
  return isBelow(path, '/api/v1') ? 'tenant' : null
}
