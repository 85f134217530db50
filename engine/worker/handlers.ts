// Finds the handlers of a plane: every file of its folders is named after the operation it exports. The engine
// refuses to start when an operation of the contract has no handler, or a handler no operation.
import { readdir } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { moduleExtension } from '../root.js'
import { operations } from '../task/contract.js'
import type { AnyHandler } from './operation.js'

type Served = 'tenant' | 'management'

const loadFolder = async (folder: URL): Promise<AnyHandler[]> => {
  const files = (await readdir(folder)).filter((file) => extname(file) === moduleExtension)
  const found = await Promise.all(
    files.map((file) => loadFile(new URL(file, folder), basename(file, moduleExtension))),
  )
  return found.flat()
}

const isHandler = (value: unknown): value is AnyHandler =>
  typeof value === 'object' && value !== null && 'operationId' in value && 'handle' in value

const loadFile = async (file: URL, name: string): Promise<AnyHandler[]> => {
  const exported = (await import(file.href)) as Record<string, unknown>
  const handler = exported[name]
  // A folder may hold a helper beside its handlers, but no handler under another name.
  if (Object.values(exported).some((value) => isHandler(value) && value.operationId !== name))
    throw new Error(`${name}: a handler's file is named after its operation`)
  return isHandler(handler) ? [handler] : []
}

/** Planes whose operations a worker serves: its own, those of any signed-in caller, and sign-in itself. */
const servedBy = (plane: Served, operationPlane: string): boolean =>
  operationPlane === plane || operationPlane === 'public' || operationPlane === 'any'

/** Handlers of `plane` by operationId. Throws when the contract and the folders differ. */
export const loadHandlers = async (plane: Served): Promise<ReadonlyMap<string, AnyHandler>> => {
  const folders = [new URL('./auth/', import.meta.url), new URL(`./${plane}/`, import.meta.url)]
  const handlers = (await Promise.all(folders.map(loadFolder))).flat()
  const found = new Map(handlers.map((handler) => [handler.operationId as string, handler]))
  const wanted = [...operations.values()].filter((operation) => servedBy(plane, operation.plane))
  const missing = wanted.filter(({ operationId }) => !found.has(operationId))
  const unknown = [...found.keys()].filter(
    (id) => !wanted.some(({ operationId }) => operationId === id),
  )
  if (missing.length > 0)
    throw new Error(`no handler for ${missing.map(({ operationId }) => operationId).join(', ')}`)
  if (unknown.length > 0) throw new Error(`no operation for handler ${unknown.join(', ')}`)
  return found
}
