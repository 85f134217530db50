// The append-only registry of what is audited: numbers are stored in chained records (FORMATS §5) and a test freezes
// them. Never renumber, never reuse.
export const actions = {
  request: 1,
  'auth.login': 2,
  'auth.login_failed': 3,
  'auth.logout': 4,
  'auth.refresh': 5,
  'setup_token.issue': 6,
  'setup_token.use': 7,
  'user.create': 8,
  'user.list': 9,
  'user.read': 10,
  'vault.entry.create': 11,
  'vault.entry.list': 12,
  'vault.entry.read': 13,
  'vault.entry.update': 14,
  'vault.entry.delete': 15,
  'vault.entry.restore': 16,
  'vault.entry.versions': 17,
  'vault.secret.read': 18,
  'vault.permissions.read': 19,
  'vault.permissions.update': 20,
  'audit.read': 21,
  'audit.verify': 22,
  'audit.chain_broken': 23,
  'audit.summary': 24,
  'tenant.read': 25,
  'tenant.list': 26,
  'tenant.health': 27,
  'tenant.provision': 28,
  'tenant.retry': 29,
  'tenant.activate': 30,
  'tenant.fail': 31,
  'operation.read': 32,
  'license.read': 33,
  'license.install': 34,
  'installation.create': 35,
  'metrics.read': 36,
  'audit.export': 37,
  'audit.acknowledge': 38,
  'audit.checkpoints': 39,
} as const
export type ActionName = keyof typeof actions

export const actorTypes = { system: 0, user: 1, 'service-account': 2, 'msp-admin': 3 } as const
export type ActorType = keyof typeof actorTypes

export const targetTypes = {
  none: 0,
  tenant: 1,
  user: 2,
  session: 3,
  'setup-token': 4,
  'vault-entry': 5,
  permissions: 6,
  audit: 7,
  license: 8,
  operation: 9,
  installation: 10,
} as const
export type TargetType = keyof typeof targetTypes

export const outcomes = { success: 0, denied: 1, failure: 2 } as const
export type Outcome = keyof typeof outcomes
