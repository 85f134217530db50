// Beside every operation of the API stands how to call it: by curl, and by the SDK where that has it.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { transformSync } from 'esbuild'
import { packageRoot } from '../../engine/root.js'
import { contractDocument } from '../../engine/task/contract.js'

interface Sample {
  readonly lang: string
  readonly label: string
  readonly source: string
}
interface Described {
  readonly operationId: string
  readonly 'x-rppam': { readonly sdk?: string }
  readonly 'x-codeSamples': readonly Sample[]
}

const described = Object.values(contractDocument.paths).flatMap((item) =>
  Object.values(item),
) as unknown as Described[]

const sampleOf = ({ 'x-codeSamples': samples }: Described, label: string): string | undefined =>
  samples.find((one) => one.label === label)?.source

const sampleFor = (operationId: string): string =>
  sampleOf(
    described.find((one) => one.operationId === operationId)!,
    'curl',
  ) ?? ''

/** What curl would be called with. */
const argumentsOf = (source: string): string[] => {
  const shell = `curl() { printf '%s\\0' "$@"; }; RPPAM=http://vault TOKEN=t entryId=e; ${source}`
  return execFileSync('sh', ['-c', shell], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

t.test('every operation has one by curl, which a shell can read', async (t) => {
  for (const one of described) {
    const words = argumentsOf(sampleOf(one, 'curl') ?? '')
    t.match(words[0], '--fail-with-body', one.operationId)
    t.ok(
      words.some((word) => word.startsWith('http://vault/')),
      one.operationId,
    )
  }
})

t.test('it says method, parameters, token and body', async (t) => {
  t.strictSame(argumentsOf(sampleFor('readSecretByPath')), [
    ...['--fail-with-body', '-sS', 'http://vault/api/v1/vault/secret'],
    ...['-G', '--data-urlencode', 'path=/prod/db/root', '-H', 'Authorization: Bearer t'],
  ])
  t.strictSame(argumentsOf(sampleFor('deleteEntry')).slice(2, 5), [
    ...['-X', 'DELETE', 'http://vault/api/v1/vault/entries/e'],
  ])
  t.match(argumentsOf(sampleFor('restoreEntry')).at(-1), '{"version":2}')
  t.notMatch(sampleFor('login'), 'Authorization')
})

const { codeSamplesOf } = (await import(
  join(packageRoot, 'scripts/generate/code-samples.mjs')
)) as { readonly codeSamplesOf: (contract: object, found: object) => readonly Sample[] }

const withPlace = (operationId: string, sdk: string): string => {
  const operation = described.find((one) => one.operationId === operationId)!
  const placed = { ...operation, 'x-rppam': { ...operation['x-rppam'], sdk } }
  const found = { method: 'get', path: '/', operation: placed }
  return codeSamplesOf(contractDocument, found).find(({ label }) => label === 'SDK')?.source ?? ''
}

t.test('one by the SDK calls the operation in its place', async (t) => {
  t.match(withPlace('readSecret', 'vault.readSecret'), 'await client.vault.readSecret(entryId)')
  t.match(withPlace('listEntries', 'vault.list'), 'for await (const one of client.vault.list())')
  t.match(withPlace('updateEntry', 'vault.update'), 'client.vault.update(entryId, {\n  fields: {')
  t.match(withPlace('readSecretByPath', 'vault.byPath'), 'client.vault.byPath("/prod/db/root")')
  t.match(withPlace('getLicense', 'license'), 'new ManagementClient({ baseUrl, credentials })')
})

t.test('an operation that the SDK has has one by it, and it is TypeScript', async (t) => {
  for (const one of described) {
    const source = sampleOf(one, 'SDK')
    t.equal(source !== undefined, one['x-rppam'].sdk !== undefined, one.operationId)
    if (source) t.ok(transformSync(source, { loader: 'ts', format: 'esm' }).code, one.operationId)
  }
})
