// A contract with a fault makes nothing: the generator says what is wrong, exits 1 and leaves no file.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { packageRoot } from '../../engine/root.js'

const run = promisify(execFile)

interface Outcome {
  readonly code: number
  readonly stderr: string
}

const generate = async (openapi: string, out: string, ...more: string[]): Promise<Outcome> => {
  const script = join(packageRoot, 'scripts/generate.mjs')
  try {
    await run(process.execPath, [script, '--openapi', openapi, '--out', out, ...more])
    return { code: 0, stderr: '' }
  } catch (error) {
    return error as Outcome
  }
}

const changed = (folder: string, file: string, from: string | RegExp, to: string): string => {
  cpSync(join(packageRoot, 'openapi'), folder, { recursive: true })
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  const result = text.replace(from, to)
  if (result === text) throw new Error(`nothing to change in ${file}`)
  writeFileSync(path, result)
  return folder
}

const faults: readonly [
  name: string,
  file: string,
  from: string | RegExp,
  to: string,
  says: RegExp,
][] = [
  [
    'an operation without x-rppam',
    'management/admin.yaml',
    / +x-rppam: .*\n/,
    '',
    /x-rppam is missing/,
  ],
  [
    'an unknown plane',
    'management/admin.yaml',
    'plane: management',
    'plane: moon',
    /x-rppam.plane/,
  ],
  ['a role of the other plane', 'management/admin.yaml', '[msp_admin]', '[pam_admin]', /pam_admin/],
  [
    'an error that is in no catalogue',
    'tenant/users.yaml',
    '[name_taken',
    '[no_such_code',
    /no_such_code/,
  ],
  [
    'an operationId used twice',
    'tenant/tenant.yaml',
    'operationId: getTenantHealth',
    'operationId: getUser',
    /getUser is used twice/,
  ],
  [
    'a reference that leads nowhere',
    'tenant/tenant.yaml',
    'schemas/OwnTenant',
    'schemas/Nowhere',
    /leads nowhere/,
  ],
  [
    'an open object in a body',
    'tenant/users.yaml',
    'additionalProperties: false',
    'additionalProperties: true',
    /open/,
  ],
  ['a list of any length in a body', 'tenant/users.yaml', /maxItems: 4\n/, '\n', /without a limit/],
  [
    'a parameter the front cannot check',
    'tenant/audit.yaml',
    'type: boolean',
    'type: number',
    /number/,
  ],
  [
    'a path parameter that is not described',
    'tenant/users.yaml',
    'users/{userId}',
    'users/{otherId}',
    /otherId/,
  ],
  [
    'a list in pages that cannot be walked',
    'tenant/users.yaml',
    / +- \$ref: '#\/components\/parameters\/AfterId'\n/,
    '',
    /listUsers: it has pages, and no walk/,
  ],
  [
    'a parameter that excludes one that is not there',
    'components.yaml',
    'x-rppam-excludes: [page]',
    'x-rppam-excludes: [page, pages]',
    /it excludes pages/,
  ],
  [
    'an operation without its place in the SDK',
    'tenant/users.yaml',
    'sdk: users.get, ',
    '',
    /getUser: x-rppam.sdk names no place/,
  ],
  [
    'a place in the SDK that is none',
    'tenant/users.yaml',
    'sdk: users.get',
    'sdk: users.get.one',
    /getUser: x-rppam.sdk names no place/,
  ],
  [
    'a place in the SDK that is used twice',
    'tenant/users.yaml',
    'sdk: users.get',
    'sdk: users.list',
    /users.list is used twice/,
  ],
  [
    'a place of both planes that one of them has already',
    'tenant/users.yaml',
    'sdk: users.get',
    'sdk: logout',
    /logout is used twice/,
  ],
  [
    'a place in the SDK of an operation that it cannot call',
    'front/system.yaml',
    'x-rppam: { plane: front, roles: [] }',
    'x-rppam: { plane: front, roles: [], sdk: system.root }',
    /getRoot: the SDK has no such plane/,
  ],
  [
    'a schema that is defined twice',
    'tenant/users.yaml',
    '    UserStatus:',
    '    Entry:',
    /defined twice/,
  ],
  [
    'a schema that refers to itself',
    'tenant/audit.yaml',
    'detail: { type: object, additionalProperties: true }',
    "detail: { $ref: '#/components/schemas/AuditEvent' }",
    /refers to itself/,
  ],
  [
    'an operation without a description',
    'tenant/users.yaml',
    / +description: By id; .*\n/,
    '',
    /getUser: no description/,
  ],
  [
    'a schema without a description',
    'tenant/users.yaml',
    / +description: A person of the tenant.\n/,
    '',
    /schemas\/User: no description/,
  ],
  [
    'an error that does not say what to do',
    'errors.yaml',
    / +help: Use one of those .*\n/,
    '',
    /method_not_allowed: no help/,
  ],
  [
    'an answer without an example',
    'examples/tenant.yaml',
    /getTenantHealth:[^]*$/,
    '',
    /getTenantHealth: 200 has no example/,
  ],
  [
    'an example of no operation',
    'examples/vault.yaml',
    'createEntry:',
    'makeEntry:',
    /no operation makeEntry/,
  ],
  [
    'an example of an answer that is not given',
    'examples/admin.yaml',
    "'200'",
    "'201'",
    /getLicense: an example of 201/,
  ],
  [
    'an example of a body where there is none',
    'examples/admin.yaml',
    /answers:\n +'200':/,
    'body:',
    /getLicense: an example of body/,
  ],
  [
    'an example of neither body nor answer',
    'examples/users.yaml',
    'body:',
    'query:',
    /createUser: an example of query/,
  ],
  [
    'an example in the file of another tag',
    'examples/users.yaml',
    'createUser:',
    'login: { body: {} }\ncreateUser:',
    /login: its example is in users.yaml/,
  ],
  [
    'an example beside its operation',
    'tenant/tenant.yaml',
    "{ $ref: '#/components/schemas/OwnTenant' }",
    "{ $ref: '#/components/schemas/OwnTenant' }\n              example: {}",
    /getTenant: the example of 200 is not in examples/,
  ],
]

const { readContract } = (await import(
  join(packageRoot, 'scripts/generate/read-contract.mjs')
)) as { readonly readContract: (folder: string) => object }

for (const [name, file, from, to, says] of faults)
  t.test(`${name} is refused`, async (t) => {
    const folder = changed(join(t.testdir(), 'openapi'), file, from, to)
    t.throws(() => readContract(folder), { message: says })
  })

t.test('what is refused makes nothing', async (t) => {
  const [, file, from, to, says] = faults[0]!
  const folder = changed(join(t.testdir(), 'openapi'), file, from, to)
  const out = join(t.testdirName, 'out')
  const { code, stderr } = await generate(folder, out)
  t.equal(code, 1)
  t.match(stderr, says)
  t.notOk(existsSync(out) && readdirSync(out).length > 0)
})

t.test('runs at once leave whole files and no temporary ones', async (t) => {
  const out = t.testdir()
  const openapi = join(packageRoot, 'openapi')
  const outcomes = await Promise.all([generate(openapi, out), generate(openapi, out)])
  t.strictSame(
    outcomes.map(({ code }) => code),
    [0, 0],
  )
  t.strictSame(readdirSync(out).sort(), [
    'contract.d.ts',
    'contract.json',
    'docs.html',
    'docs.js.gz',
  ])
  t.ok(JSON.parse(readFileSync(join(out, 'contract.json'), 'utf8')))

  const before = statSync(join(out, 'contract.json')).mtimeMs
  await generate(openapi, out, '--if-stale')
  t.equal(statSync(join(out, 'contract.json')).mtimeMs, before, 'fresh files are left alone')
})
