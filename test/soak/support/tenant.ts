// Tenants under load, and their administrators' tokens, which a long test outlives.
import { apiOf, readyTenant, signInAdmin, tenantPassword } from '../../support/api.js'
import type { EngineAddress } from '../../support/engine.js'
import { until } from '../../support/until.js'
import { Ledger } from './ledger.js'

export interface LoadedTenant {
  readonly id: string
  readonly shortCode: string
  readonly username: string
  readonly ledger: Ledger
  token: string
}

export const makeTenants = async (
  engine: EngineAddress,
  shortCodes: readonly string[],
): Promise<LoadedTenant[]> => {
  const admin = await signInAdmin(engine)
  const tenants: LoadedTenant[] = []
  for (const shortCode of shortCodes) {
    const { id, token, adminUsername } = await readyTenant(engine, admin, shortCode)
    tenants.push({ id, shortCode, username: adminUsername, ledger: new Ledger(), token })
  }
  return tenants
}

/** Asks until it is let in: whatever was disturbed may take its time. Throws after two minutes. */
export const signInAgain = async (url: string, tenant: LoadedTenant): Promise<void> => {
  const { shortCode, username } = tenant
  const body = { tenant: shortCode, username, password: tenantPassword }
  const isLetIn = await until(async () => {
    const answer = await apiOf(url)('POST', 'auth/login', { body }).catch(() => null)
    if (answer?.status !== 200) return false
    tenant.token = answer.body['accessToken']!
    return true
  })
  if (!isLetIn) throw new Error(`${shortCode} is not let in any more`)
}
