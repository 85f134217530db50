// Every operation that clients rely on (SPEC §7), under its exact path, with the statuses of its success and who may
// call it (SPEC §2): the one table that is written by hand. An operation of the contract without a row here fails
// test/openapi/operations.test.ts and test/system/matrix.test.ts; so does a row without an operation.

/** Every kind of caller, and what one who may not call is answered. */
export const refusals = {
  nobody: 401,
  msp: 403,
  admin: 403,
  approver: 403,
  user: 403,
  auditor: 403,
} as const

export type Caller = keyof typeof refusals

export const callers = Object.keys(refusals) as readonly Caller[]

export const people: readonly Caller[] = ['admin', 'approver', 'user', 'auditor']

/** Who is named together in the table; whoever else is, by the kind itself. */
const groups: Readonly<Record<string, readonly Caller[]>> = {
  everybody: callers,
  signedIn: ['msp', ...people],
  people,
  byPermission: ['admin', 'approver', 'user'],
}

// method, path, operationId, statuses of success, who may call (kinds and groups)
const table = `
  GET     /                                             getRoot              302      everybody
  GET     /system/health/ping                           ping                 200      everybody
  GET     /system/health/live                           live                 200      everybody
  GET     /system/health/ready                          ready                200      everybody
  GET     /system/attestation-keys                      getAttestationKeys   200      everybody
  GET     /metrics                                      getMetrics           200      msp
  GET     /openapi.json                                 getContract          200      everybody
  GET     /docs                                         getDocs              200      everybody
  GET     /docs/scalar.js                               getDocsLibrary       200      everybody

  POST    /api/v1/auth/login                            login                200      everybody
  POST    /api/v1/auth/refresh                          refreshSession       200      everybody
  POST    /api/v1/auth/logout                           logout               204      signedIn
  POST    /api/v1/auth/setup                            setUpAccount         200      everybody

  GET     /api/v1/admin/license                         getLicense           200      msp

  GET     /api/v1/msp/tenants                           listTenants          200      msp
  POST    /api/v1/msp/tenants                           provisionTenant      201,202  msp
  GET     /api/v1/msp/tenants/{tenantId}                getTenantById        200      msp
  POST    /api/v1/msp/tenants/{tenantId}/retry          retryTenant          201,202  msp
  POST    /api/v1/msp/tenants/{tenantId}/setup-token    issueSetupToken      201      msp
  GET     /api/v1/msp/tenants/{tenantId}/health         getTenantHealthById  200      msp
  GET     /api/v1/msp/tenants/{tenantId}/audit/summary  getAuditSummary      200      msp
  GET     /api/v1/msp/operations/{operationId}          getOperation         200      msp

  GET     /api/v1/tenant                                getTenant            200      people
  GET     /api/v1/tenant/health                         getTenantHealth      200      admin

  GET     /api/v1/users                                 listUsers            200      admin,approver
  POST    /api/v1/users                                 createUser           201      admin
  GET     /api/v1/users/{userId}                        getUser              200      admin,approver

  GET     /api/v1/vault/entries                         listEntries          200      byPermission
  POST    /api/v1/vault/entries                         createEntry          201      byPermission
  GET     /api/v1/vault/entries/{entryId}               getEntry             200      byPermission
  PUT     /api/v1/vault/entries/{entryId}               updateEntry          200      byPermission
  DELETE  /api/v1/vault/entries/{entryId}               deleteEntry          204      byPermission
  GET     /api/v1/vault/entries/{entryId}/secret        readSecret           200      byPermission
  GET     /api/v1/vault/entries/{entryId}/versions      listEntryVersions    200      byPermission
  POST    /api/v1/vault/entries/{entryId}/restore       restoreEntry         200      byPermission
  GET     /api/v1/vault/secret                          readSecretByPath     200      byPermission
  POST    /api/v1/vault/secrets/read                    readSecrets          200      byPermission
  GET     /api/v1/vault/permissions                     getPermissions       200      admin
  PUT     /api/v1/vault/permissions                     putPermissions       200      admin

  GET     /api/v1/audit/events                          listAuditEvents      200      admin,auditor
  GET     /api/v1/audit/verify                          verifyAudit          200      admin,auditor
  GET     /api/v1/audit/checkpoints                     listCheckpoints      200      admin,auditor
  POST    /api/v1/audit/chains/{chain}/acknowledge      acknowledgeBreak     204      admin
  GET     /api/v1/audit/export                          exportAudit          200      admin,auditor
`

export interface PromisedOperation {
  readonly method: string
  readonly path: string
  readonly operationId: string
  readonly statuses: readonly number[]
  readonly mayCall: ReadonlySet<Caller>
}

const isCaller = (name: string): name is Caller => Object.hasOwn(refusals, name)

const callersNamed = (name: string): readonly Caller[] => {
  const named = groups[name] ?? (isCaller(name) ? [name] : undefined)
  if (named === undefined) throw new Error(`there is no caller or group ${name}`)
  return named
}

const fromRow = (row: string): PromisedOperation => {
  const columns = row.trim().split(/ +/)
  if (columns.length !== 5) throw new Error(`not a row of five columns: ${row}`)
  const [method = '', path = '', operationId = '', statuses = '', who = ''] = columns
  return {
    method,
    path,
    operationId,
    statuses: statuses.split(',').map(Number),
    mayCall: new Set(who.split(',').flatMap(callersNamed)),
  }
}

export const promisedOperations: readonly PromisedOperation[] = table
  .split('\n')
  .filter((row) => row.trim() !== '')
  .map(fromRow)
