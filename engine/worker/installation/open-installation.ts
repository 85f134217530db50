// Opens the installation: control database, MEK, keys, licence, directory. The first start makes what is missing.
import type { Clock } from '../../clock.js'
import { type TenantId, installationId, newId } from '../../ids.js'
import type { Log } from '../../log.js'
import { EpochCache } from '../context/epoch-cache.js'
import { AuditLog } from '../audit/appender.js'
import { StatementVerifier } from '../audit/statement.js'
import { anchorSinkOf } from '../context/audit-sink.js'
import { IntegrityError } from '../cipher/record.js'
import { TenantContext } from '../context/context.js'
import { PresentState } from '../context/present-state.js'
import type { Keyring } from '../keys/keyring.js'
import type { KeyProvider } from '../keys/providers/provider.js'
import { type AuditOptions, type OpenStore, openTenant } from '../context/open-tenant.js'
import type { Services } from '../context/services.js'
import { Administration } from '../store/postgres/administration.js'
import { type Store } from '../store/store.js'
import { Tenants } from '../context/open-tenants.js'
import type { Directory } from '../../task/broker.js'
import type { Asker } from '../../task/main.js'
import { brokerMethods } from './broker-server.js'
import { Attestation } from '../control/attestation.js'
import { ChainKeeper } from '../control/chains.js'
import { TenantDirectory } from '../control/directory.js'
import {
  type FirstPassword,
  type StoredSecrets,
  firstStart,
  openInstallationKeys,
  readSecrets,
} from './first-start.js'
import { installedLicense } from '../control/installed-license.js'
import { LicenseError } from '../control/license.js'
import { Installation } from './installation.js'
import { newVerifier } from '../identity/password.js'
import { hasKek } from '../control/keks.js'
import { openMek } from '../control/mek.js'
import { type InstallationSecrets, replaceSecrets } from '../control/secrets.js'
import { TokenSigner } from '../control/signing.js'
import { bootstrapPassword } from './bootstrap-password.js'
import type { Handover } from './handover.js'
import type { InstallationOptions } from './options.js'
import { startReason } from './start-reason.js'
import { requireAdministrator, requireWhole } from './whole.js'

export type { InstallationOptions } from './options.js'

export interface OpeningServices {
  readonly clock: Clock
  readonly log: Log
  /** Of the control database. */
  readonly openStore: OpenStore
  readonly openTenantStore: OpenStore
  /** See AdministrationOptions. */
  readonly visits: number
  readonly audit: AuditOptions
  readonly handover: Handover
  /** All but the broker, which is this thread itself. */
  readonly services: Omit<Services, 'broker' | 'statements'>
}

export interface Opened {
  readonly installation: Installation
  readonly password: FirstPassword
  readonly isFirstStart: boolean
}

const directory: Directory = {
  tenant: installationId,
  shortCode: '',
  displayName: '',
  contactEmail: '',
  status: 'active',
  createdTime: 0,
  maxUsers: null,
  maxResources: null,
  modules: [],
  database: { engine: 'postgres', name: '' },
  setup: [],
  tokenGeneration: 0,
}

interface Base {
  readonly options: InstallationOptions
  readonly opening: OpeningServices
  readonly store: Store
  readonly provider: KeyProvider
  readonly keys: Keyring
}

const openAudit = async (
  { opening, store, keys }: Base,
  secrets: InstallationSecrets,
  states: EpochCache,
) => {
  const { clock, audit } = opening
  const attestation = await Attestation.open(clock, secrets.id, secrets.attestationKey)
  const chains = new ChainKeeper(store, clock, attestation)
  const statements = new StatementVerifier(() => Promise.resolve(attestation.keys()))
  const sink = anchorSinkOf(installationId, chains, statements)
  const log = new AuditLog({
    tenant: installationId,
    store,
    keys,
    sink,
    states,
    clock,
    ...audit,
  })
  return { chains, statements, sink, log }
}

/** As a line for the person who starts the engine. */
const explained = (error: unknown): unknown =>
  error instanceof IntegrityError
    ? new Error('the MEK does not belong to this installation, or the control database was altered')
    : error

const openKeys = async (
  options: InstallationOptions,
  store: Store,
  { clock, services }: OpeningServices,
) => {
  const provider = await openMek(options.mek, await hasKek(store, installationId))
  try {
    return { provider, keys: await openInstallationKeys(provider, store, clock, services.keyring) }
  } catch (error) {
    provider.close()
    throw explained(error)
  }
}

const registrationsAtMost = 1_000

const noPassword: FirstPassword = { generated: null, file: null }

interface Founded {
  readonly base: Base
  readonly stored: StoredSecrets
  readonly password: FirstPassword
  readonly isFirstStart: boolean
}

/** Nobody has asked yet. */
const ourselves = (): Asker => ({ clientAddress: '127.0.0.1', requestId: newId() })

const presentSecrets = async ({ store, keys }: Base): Promise<StoredSecrets | null> => {
  const present = await readSecrets(store, keys).catch((error: unknown) => {
    throw explained(error)
  })
  if (present) await requireAdministrator(store, keys)
  return present
}

/** Of a first start that was killed: signed with a key that went with it, and followed by no event. */
const forgetRegistrations = async (store: Store): Promise<void> => {
  const rows = await store.children('audit_chain', installationId, { limit: registrationsAtMost })
  if (rows.length > 0)
    await store.put(rows.map(({ id }) => ({ op: 'delete', table: 'audit_chain', id })))
}

/** Under the lock of the first start. */
const found = async (
  options: InstallationOptions,
  opening: OpeningServices,
  store: Store,
  besideTenants: boolean,
): Promise<Founded> => {
  const { clock, services, handover } = opening
  await requireWhole(store, besideTenants)
  const base: Base = { options, opening, store, ...(await openKeys(options, store, opening)) }
  const present = await presentSecrets(base)
  if (present) return { base, stored: present, password: noPassword, isFirstStart: false }
  await forgetRegistrations(store)
  const access = new EpochCache(PresentState.unfounded(base.keys, directory.tokenGeneration))
  const password = await firstStart({
    access,
    keys: base.keys,
    clock,
    openAudit: async (secrets) => (await openAudit(base, secrets, access)).log,
    hashPassword: async (text) => newVerifier(services, ourselves(), bootstrapPassword(text)),
    password: options.bootstrapPassword,
    keep: options.isShown ? null : (text) => handover.keepPassword(text),
  })
  const stored = await readSecrets(store, base.keys)
  if (!stored) throw new Error('the first start did not end')
  return { base, stored, password, isFirstStart: true }
}

const requireOneTenant = async ({ store, keys }: Base): Promise<void> => {
  const tenants = await new TenantDirectory(store, keys).countLicensed()
  if (tenants > 1) throw new LicenseError(`the licence is for one tenant, and there are ${tenants}`)
}

/** The licence in force; one that is new is kept. */
const openLicense = async ({ base, stored }: Founded) => {
  const { options, opening, store, keys } = base
  const time = opening.clock.now()
  const { license, accepted } = await installedLicense(options.license, stored.secrets, time)
  if (license.edition === 'enterprise') await requireOneTenant(base)
  if (!accepted) return { license, secrets: stored.secrets }
  const secrets = { ...stored.secrets, vendorLicense: accepted, developmentLicense: null }
  await store.put([replaceSecrets(keys, stored.version, secrets, time)])
  return { license, secrets }
}

const openTenants = (base: Base, services: Services): Tenants => {
  const { options, opening } = base
  return new Tenants({
    max: options.openTenants,
    idleTime: options.idleMs,
    clock: opening.clock,
    open: (tenant: TenantId) =>
      openTenant(services, opening.openTenantStore, opening.audit, tenant),
    onFault: (tenantId, error) =>
      opening.log.error('a tenant does not close or anchor', { tenantId, error }),
  })
}

const openState = async ({ store, keys }: Base): Promise<PresentState> => {
  try {
    return PresentState.open(keys, await store.state())
  } catch (error) {
    if (error instanceof IntegrityError)
      throw new Error("the state of the installation's access was altered in the control database")
    throw error
  }
}

const assemble = async (
  founded: Founded,
  administration: Administration,
): Promise<Installation> => {
  const { base } = founded
  const { opening, store, keys, provider } = base
  const { clock, log, openTenantStore } = opening
  const { license, secrets } = await openLicense(founded)
  const access = new EpochCache(await openState(base))
  const { chains, statements, sink, log: audit } = await openAudit(base, secrets, access)
  // The broker of this thread serves the installation that is about to exist.
  const services: Services = {
    ...opening.services,
    broker: brokerMethods(() => installation, true),
    statements,
  }
  const context = new TenantContext({
    directory,
    store,
    keys,
    audit,
    sink,
    access,
    services,
  })
  const installation: Installation = new Installation({
    clock,
    log,
    provider,
    administration,
    context,
    secrets,
    license,
    directory: new TenantDirectory(store, keys),
    chains,
    signer: await TokenSigner.open(secrets.id, secrets.tokenKey, clock),
    tenants: openTenants(base, services),
    openStore: openTenantStore,
    handover: opening.handover,
  })
  return installation
}

/** Errors: one line, fit for the person who starts the engine. */
export const openInstallation = async (
  options: InstallationOptions,
  opening: OpeningServices,
): Promise<Opened> => {
  const { clock, log, openStore, visits } = opening
  const { url, node, allowUnsafeFsync } = options
  const administration = new Administration({ url, node, allowUnsafeFsync, visits, log, clock })
  const tried = { isEmbedded: options.isEmbedded, place: administration.place }
  const { target, besideTenants } = await administration.openControl().catch((error: unknown) => {
    throw startReason(error, tried)
  })
  const store = openStore(target)
  try {
    const founded = await administration.exclusively(() =>
      found(options, opening, store, besideTenants),
    )
    const installation = await assemble(founded, administration)
    await administration.ensureCountingRole(installation.secrets.countsPassword)
    const { password, isFirstStart } = founded
    return { installation, password, isFirstStart }
  } catch (error) {
    await store.close()
    await administration.close()
    throw startReason(error, tried)
  }
}
