// Finds the handlers of a plane, by the contract: `tenant/<tag>/<operationId>`, `management/<tag>/<operationId>` or
// `auth/<operationId>`, and loads nothing else. The engine refuses to start when an operation has no handler, or when
// such a folder holds what is no operation.
import { readdir } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import { engineRoot, moduleExtension } from '../../root.js'
import { type Operation, operations } from '../../task/contract.js'
import type { AnyHandler } from '../request/operation.js'

type Served = 'tenant' | 'management'

const workerRooms = new URL('worker/', engineRoot)

/** Planes whose operations a worker serves: its own, those of any signed-in caller, and sign-in itself. */
const servedBy = (served: Served, { plane }: Operation): boolean =>
  plane === served || plane === 'public' || plane === 'any'

const pathOf = ({ plane, tag, operationId }: Operation): string =>
  plane === 'tenant' || plane === 'management'
    ? `${plane}/${tag}/${operationId}`
    : `auth/${operationId}`

const isHandler = (value: unknown): value is AnyHandler =>
  typeof value === 'object' && value !== null && 'operationId' in value && 'handle' in value

const load = async (rooms: URL, operation: Operation): Promise<AnyHandler> => {
  const { operationId } = operation
  const module = (await import(new URL(`${pathOf(operation)}${moduleExtension}`, rooms).href)) as {
    readonly [name: string]: unknown
  }
  const handler = module[operationId]
  if (isHandler(handler) && handler.operationId === operationId) return handler
  throw new Error(`no handler for ${operationId}: its file does not export it`)
}

const namesIn = async (rooms: URL, folder: string): Promise<string[]> => {
  const files = await readdir(new URL(`${folder}/`, rooms)).catch(() => [])
  return files
    .filter((file) => extname(file) === moduleExtension)
    .map((file) => `${folder}/${basename(file, moduleExtension)}`)
}

/** Throws for an operation without a file, and for a file in one of their folders that is no operation. */
const requireSame = async (rooms: URL, wanted: readonly Operation[]): Promise<void> => {
  const paths = new Set(wanted.map(pathOf))
  const folders = new Set([...paths].map((path) => dirname(path)))
  const names = await Promise.all([...folders].map((folder) => namesIn(rooms, folder)))
  const present = new Set(names.flat())
  const missing = [...paths].filter((path) => !present.has(path))
  const unknown = [...present].filter((path) => !paths.has(path))
  if (missing.length > 0) throw new Error(`no handler for ${missing.join(', ')}`)
  if (unknown.length > 0) throw new Error(`no operation for handler ${unknown.join(', ')}`)
}

/** Handlers of `plane` by operationId. Throws when the contract and the folders of `rooms` differ. */
export const loadHandlers = async (
  plane: Served,
  rooms: URL = workerRooms,
): Promise<ReadonlyMap<string, AnyHandler>> => {
  const wanted = [...operations.values()].filter((operation) => servedBy(plane, operation))
  await requireSame(rooms, wanted)
  const handlers = await Promise.all(wanted.map((operation) => load(rooms, operation)))
  return new Map(handlers.map((handler) => [handler.operationId as string, handler]))
}
