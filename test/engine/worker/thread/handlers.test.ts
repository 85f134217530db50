// A thread has a handler for each operation that it serves, and loads nothing else; where contract and folders differ
// it does not start.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { moduleExtension } from '../../../../engine/root.js'
import { operations } from '../../../../engine/task/contract.js'
import { loadHandlers } from '../../../../engine/worker/thread/handlers.js'

const idsOf = (...planes: readonly string[]): string[] =>
  [...operations.values()]
    .filter(({ plane }) => planes.includes(plane))
    .map(({ operationId }) => operationId)
    .sort()

const handlerOf = (name: string, operationId = name): string =>
  `export const ${name} = { operationId: '${operationId}', handle: () => undefined }\n`

const refusesToLoad = `throw new Error('loaded')\n`

/** Rooms of a worker with a handler for every operation that a worker serves. */
class Rooms {
  readonly url: URL

  constructor(private readonly folder: string) {
    this.url = pathToFileURL(`${folder}/`)
    for (const { plane, tag, operationId } of operations.values())
      if (plane !== 'front') {
        const isOfPlane = plane === 'tenant' || plane === 'management'
        this.write(
          `${isOfPlane ? `${plane}/${tag}` : 'auth'}/${operationId}`,
          handlerOf(operationId),
        )
      }
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.#path(name)), { recursive: true })
    writeFileSync(this.#path(name), text)
  }

  remove(name: string): void {
    rmSync(this.#path(name))
  }

  move(from: string, to: string): void {
    renameSync(this.#path(from), this.#path(to))
  }

  #path(name: string): string {
    return join(this.folder, `${name}${moduleExtension}`)
  }
}

const roomsOf = (t: Test): Rooms => new Rooms(t.testdir())

t.test('every operation of a plane, and sign-in, has its handler', async (t) => {
  for (const plane of ['tenant', 'management'] as const)
    t.strictSame([...(await loadHandlers(plane)).keys()].sort(), idsOf(plane, 'public', 'any'))
})

t.test('whole rooms are loaded', async (t) => {
  const rooms = roomsOf(t)
  t.ok((await loadHandlers('tenant', rooms.url)).has('getUser'))
  t.ok((await loadHandlers('management', rooms.url)).has('listTenants'))
})

t.test('an operation without a file', async (t) => {
  const rooms = roomsOf(t)
  rooms.remove('tenant/users/getUser')
  await t.rejects(loadHandlers('tenant', rooms.url), /^no handler for tenant\/users\/getUser$/m)
  await t.resolves(loadHandlers('management', rooms.url), 'is nothing to the other plane')
})

t.test('a whole folder that is not there', async (t) => {
  const rooms = roomsOf(t)
  for (const id of idsOf('public', 'any')) rooms.remove(`auth/${id}`)
  await t.rejects(loadHandlers('management', rooms.url), /no handler for auth\/login/)
})

t.test('a file among operations that is none', async (t) => {
  const rooms = roomsOf(t)
  rooms.write('tenant/users/helper', refusesToLoad)
  await t.rejects(
    loadHandlers('tenant', rooms.url),
    /no operation for handler tenant\/users\/helper/,
  )
})

t.test('an operation in the folder of another tag', async (t) => {
  const rooms = roomsOf(t)
  rooms.move('tenant/users/getUser', 'tenant/vault/getUser')
  await t.rejects(loadHandlers('tenant', rooms.url), /no handler for tenant\/users\/getUser/)
})

for (const [name, text] of Object.entries({
  'of another name': handlerOf('somethingElse', 'getUser'),
  'of another operation': handlerOf('getUser', 'listUsers'),
  'that is no handler': 'export const getUser = () => undefined\n',
}))
  t.test(`a file with an export ${name}`, async (t) => {
    const rooms = roomsOf(t)
    rooms.write('tenant/users/getUser', text)
    await t.rejects(loadHandlers('tenant', rooms.url), /no handler for getUser/)
  })

t.test('nothing beside operations is loaded, and nothing of the other plane', async (t) => {
  const rooms = roomsOf(t)
  rooms.write('management/lifecycle/provisioning', refusesToLoad)
  rooms.write('vault/entry', refusesToLoad)
  rooms.write('management/msp/listTenants', refusesToLoad)
  await t.resolves(loadHandlers('tenant', rooms.url))
  await t.rejects(loadHandlers('management', rooms.url), /^loaded$/m)
})
