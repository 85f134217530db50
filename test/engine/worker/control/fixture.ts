// The installation's own keys, a control database in memory and a MEK, without the rest of an installation.
import { installationId } from '../../../../engine/ids.js'
import { SecretKey } from '../../../../engine/worker/keys/secret-key.js'
import { localProvider } from '../../../../engine/worker/keys/providers/local-provider.js'
import { mekOf } from '../../../../engine/worker/keys/providers/mek-lines.js'
import type { KeyProvider } from '../../../../engine/worker/keys/providers/provider.js'
import {
  type TenantLifecycle,
  type TenantRecord,
} from '../../../../engine/worker/control/tenant-record.js'
import { type TenantId, newId } from '../../../../engine/ids.js'
import { freshTenant, open } from '../keys/fixture.js'

export const installationKeys = () => open(freshTenant(installationId))

export const freshProvider = (): KeyProvider => localProvider([mekOf(SecretKey.generate())])

export const recordOf = (
  shortCode: string,
  status: TenantLifecycle = 'active',
  more: Partial<TenantRecord> = {},
): TenantRecord => ({
  id: newId() as TenantId,
  version: 1,
  createdTime: 1_000,
  updatedTime: 1_000,
  shortCode,
  status,
  tokenGeneration: 1,
  displayName: `Tenant ${shortCode}`,
  contactEmail: 'it@acme.example',
  maxUsers: 10,
  maxResources: null,
  modules: ['ssh'],
  admin: {
    id: newId(),
    username: 'it@acme.example',
    email: 'it@acme.example',
    displayName: 'Admin',
    claim: null,
  },
  setup: [],
  credentials: {
    server: 'default',
    databaseName: `rppam_tenant_${shortCode.toLowerCase()}`,
    ownerRole: 'owner_role',
    runtimeRole: 'runtime_role',
    runtimePassword: 'the runtime password',
  },
  ...more,
})
