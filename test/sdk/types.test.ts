// Promise: the SDK's types are the contract's. Holds when this compiles (tsc is part of `npm test`).
import t from 'tap'
import type { ErrorCode as EngineErrorCode } from '../../engine/errors.js'
import type { ActionName, ActorType, TargetType } from '../../engine/worker/audit/actions.js'
import type { Reason } from '../../engine/worker/audit/reasons.js'
import type { OperationRecord, StepName } from '../../engine/worker/control/operation-record.js'
import {
  type CreatedUser,
  type AuditAction,
  type AuditEvent,
  type AuditVerification,
  type Entry,
  type EntryInput,
  type ErrorCode,
  type Operation,
  type RpPamError,
  type Secret,
  type SecretResult,
  type Started,
  type SucceededOperation,
  TenantClient,
} from '../../sdk/src/index.js'

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <Claim extends true>(claim?: Claim): Claim | undefined => claim

holds<Equal<ErrorCode, EngineErrorCode>>()
holds<Equal<RpPamError['code'], ErrorCode>>()
// @ts-expect-error a code that is not in the table
holds<Equal<Extract<'no_such_code', ErrorCode>, 'no_such_code'>>()

holds<Equal<Entry['version'], number>>()
holds<
  Equal<Entry['type'], 'password' | 'ssh-key' | 'api-key' | 'database' | 'certificate' | 'note'>
>()
holds<Equal<'fields' extends keyof Entry ? true : false, false>>()
holds<Equal<Secret, { id: string; version: number; fields: { [name: string]: string } }>>()
holds<Equal<CreatedUser['setupToken'], string>>()
holds<Equal<Operation['status'], 'running' | 'succeeded' | 'failed'>>()

holds<Equal<AuditEvent['action'], AuditAction>>()
holds<Equal<AuditAction, ActionName>>()
holds<Equal<AuditEvent['actor']['type'], ActorType>>()
holds<Equal<AuditEvent['target']['type'], Exclude<TargetType, 'none'> | null>>()
holds<Equal<NonNullable<AuditVerification['firstBad']>['reason'], Reason>>()
holds<Equal<Operation['steps'][number]['name'], StepName>>()
holds<Equal<Operation['kind'], OperationRecord['kind']>>()
holds<Equal<SucceededOperation['status'], 'succeeded'>>()
holds<Equal<Awaited<ReturnType<Started['wait']>>, SucceededOperation>>()

// @ts-expect-error an entry needs a type
const withoutType: EntryInput = { name: 'root' }

const secretOf = (row: SecretResult): string | undefined =>
  'error' in row ? undefined : row.fields['password']

const credentials = { username: 'alice', password: 'correct horse battery staple' }
// @ts-expect-error a password needs the tenant
const tenantless = (): TenantClient => new TenantClient({ baseUrl: 'https://h', credentials })
const service = (): TenantClient =>
  new TenantClient({ baseUrl: 'https://h', credentials: { clientId: 'c', clientSecret: 's' } })

const calls = async ({ vault, users, audit }: TenantClient): Promise<void> => {
  const entry: Entry = await vault.create({ name: 'root', type: 'database' })
  const secret: Secret = await vault.readSecret(entry.id, { version: entry.version })
  for await (const user of users.list()) user.username satisfies string
  for await (const event of audit.events()) event.outcome satisfies 'success' | 'denied' | 'failure'
  for await (const { id } of audit.events({ action: 'vault.secret.read', outcome: 'denied' }))
    void id
  // @ts-expect-error an action that no engine knows
  void audit.events({ action: 'vault.secret.steal' })
  // @ts-expect-error ids or paths, not both: half of them would be forgotten
  void vault.readSecrets({ ids: [entry.id], paths: ['/prod/db/root'] })
  // @ts-expect-error metadata holds no secret
  void entry.fields
  // @ts-expect-error a field that may be missing
  const password: string = secret.fields['password']
  void password
}

t.ok([withoutType, secretOf, tenantless, service, calls], 'it compiles')
