// An open tenant on a store in memory, with the rest of the engine faked at the border of the thread: what tests of
// handlers, access and identity need around the one thing that they test.
import { type TenantId, type Uuid, newId } from '../../engine/ids.js'
import type { BrokerMethods, TokenClaims } from '../../engine/task/broker.js'
import type { OutboxEvent } from '../../engine/task/outbox-event.js'
import type { AccessClaims } from '../../engine/task/item.js'
import type { MainMethods } from '../../engine/task/main.js'
import type { Limits } from '../../engine/task/options.js'
import type { Remote } from '../../engine/task/rpc.js'
import type { LogFields, Log } from '../../engine/log.js'
import { EpochCache } from '../../engine/worker/context/epoch-cache.js'
import type { Principal } from '../../engine/worker/access/principal.js'
import { AuditLog } from '../../engine/worker/audit/appender.js'
import { StatementVerifier } from '../../engine/worker/audit/statement.js'
import { openBlock } from '../../engine/worker/audit/contents.js'
import { type AuditEventJson, toJson } from '../../engine/worker/audit/event.js'
import { TenantContext } from '../../engine/worker/context/context.js'
import { PresentState } from '../../engine/worker/context/present-state.js'
import {
  openState,
  sealState,
  type TenantState,
  tenantStatus,
} from '../../engine/worker/context/tenant-state.js'
import { startSession } from '../../engine/worker/identity/session.js'
import { type Role, type User, insertUser } from '../../engine/worker/identity/user.js'
import { type Keyring, keyringOptions } from '../../engine/worker/keys/keyring.js'
import { Outages } from '../../engine/worker/context/outages.js'
import { Slices } from '../../engine/worker/context/slices.js'
import type { Services } from '../../engine/worker/context/services.js'
import {
  type MemoryStore,
  createMemoryStore,
} from '../../engine/worker/store/memory/memory-store.js'
import { type Entry, type EntryContent, insertEntry } from '../../engine/worker/vault/entry.js'
import {
  type PermissionRule,
  defaultRules,
  insertPermissions,
} from '../../engine/worker/access/permissions.js'
import { MemorySink, TestClock } from '../engine/worker/audit/fixture.js'
import { freshTenant, open } from '../engine/worker/keys/fixture.js'

export const limits: Limits = {
  bodyBytes: 1_048_576,
  fieldBytes: 65_536,
  entryBytes: 262_144,
  answerBytes: 4_194_304,
  openTenants: 10,
  waitSeconds: 30,
}

/** What was asked of the other threads. */
export interface Asked {
  readonly signed: TokenClaims[]
  readonly outbox: OutboxEvent[]
  readonly revoked: Uuid[]
  /** Networks that somebody signed in from. */
  readonly learnt: string[]
  readonly raised: { readonly user: Uuid; readonly generation: number }[]
  /** Verifiers that passwords were compared with. */
  readonly verified: string[]
  readonly logged: { readonly message: string; readonly fields: LogFields }[]
}

const loggingTo = (logged: Asked['logged']): Log => {
  const write = (message: string, fields: LogFields = {}): void =>
    void logged.push({ message, fields })
  return { trace: write, debug: write, info: write, warn: write, error: write, fatal: write }
}

const unexpected = (): Promise<never> => Promise.reject(new Error('not faked'))

const brokerOf = (asked: Asked): Remote<BrokerMethods> => ({
  openTenant: unexpected,
  directory: async (tenant) => directoryOf(tenant),
  resolve: unexpected,
  learnNetwork: async (_tenant, network) => void asked.learnt.push(network),
  holdUserPlace: () => Promise.resolve(),
  releaseUserPlace: () => Promise.resolve(),
  sign: async (claims) => {
    asked.signed.push(claims)
    return `signed for ${claims.sub}`
  },
  reportIntegrity: unexpected,
  takeOutbox: async (_tenant, events) => void asked.outbox.push(...events),
  registerChain: unexpected,
  registrations: unexpected,
  appendAnchor: unexpected,
  checkpoints: unexpected,
  lastCheckpoints: unexpected,
  signExport: unexpected,
  attestationKeys: unexpected,
  lastAnchorTime: async () => null,
})

// Passwords are "hashed" so that a test can read which one it was.
const mainOf = (asked: Asked): Remote<MainMethods> => ({
  hashPassword: async (_owner, password) => `hash of ${password}`,
  verifyPassword: async (_owner, verifier, password) => {
    asked.verified.push(verifier)
    return verifier === `hash of ${password}`
  },
  revokeSession: async (_tenant, session) => void asked.revoked.push(session),
  raiseUser: async (_tenant, user, generation) => void asked.raised.push({ user, generation }),
})

export interface FakeServices extends Services {
  readonly clock: TestClock
  readonly asked: Asked
}

export const fakeServices = (more: Partial<Services> = {}): FakeServices => {
  const asked: Asked = {
    signed: [],
    outbox: [],
    revoked: [],
    raised: [],
    learnt: [],
    verified: [],
    logged: [],
  }
  const clock = new TestClock()
  const log = loggingTo(asked.logged)
  return {
    log,
    limits,
    node: 'node-a',
    keyring: keyringOptions('xchacha20-poly1305', 16),
    broker: brokerOf(asked),
    statements: new StatementVerifier(unexpected),
    main: mainOf(asked),
    signedIn: () => undefined,
    outages: new Outages(log, clock),
    slices: new Slices(),
    stopping: new AbortController().signal,
    ...more,
    clock,
    asked,
  }
}

export interface SignedIn {
  readonly user: User
  readonly claims: AccessClaims
  readonly principal: Principal
  readonly refreshToken: string
}

export const contentOf = (more: Partial<EntryContent> = {}): EntryContent => ({
  name: 'root',
  folder: '/prod',
  type: 'password',
  tags: [],
  fields: { username: 'root', password: 'hunter2' },
  ...more,
})

export interface TestTenantOptions {
  readonly tenant?: TenantId
  readonly services?: FakeServices
  readonly rules?: readonly PermissionRule[]
}

export class TestTenant {
  readonly sink = new MemorySink()
  readonly context: TenantContext

  private constructor(
    readonly tenant: TenantId,
    readonly store: MemoryStore,
    readonly keys: Keyring,
    readonly services: FakeServices,
    access: EpochCache,
  ) {
    const audit = new AuditLog({
      tenant,
      store,
      keys,
      sink: this.sink,
      states: access,
      clock: services.clock,
      writer: 'node-a',
      anchorIntervalMs: 1_000,
      anchorEvery: 1_000,
    })
    const directory = directoryOf(tenant)
    this.context = new TenantContext({
      directory,
      store,
      keys,
      audit,
      sink: this.sink,
      access,
      services,
    })
  }

  static async open({
    tenant = newId() as TenantId,
    services = fakeServices(),
    rules = defaultRules,
  }: TestTenantOptions = {}): Promise<TestTenant> {
    const store = createMemoryStore()
    const keys = open(freshTenant(tenant))
    await store.put([insertPermissions(keys, rules, services.clock.now())])
    const state = { status: tenantStatus.active, accessEpoch: 1, tokenGeneration: 1 }
    store.setState({ accessEpoch: 1, sealed: sealState(keys, state) })
    const access = new EpochCache(PresentState.open(keys, await store.state()))
    return new TestTenant(tenant, store, keys, services, access)
  }

  /** The same tenant, open on another node. */
  static async beside(other: TestTenant, store: MemoryStore = other.store): Promise<TestTenant> {
    const { tenant, keys } = other
    const access = new EpochCache(PresentState.open(keys, await other.store.state()))
    return new TestTenant(tenant, store, keys, fakeServices(), access)
  }

  /** By another node: raises the epoch. */
  async changeState(change: Partial<TenantState> = {}): Promise<void> {
    const state = openState(this.keys, await this.store.state())
    const next = { ...state, accessEpoch: state.accessEpoch + 1, ...change }
    this.store.setState({ accessEpoch: next.accessEpoch, sealed: sealState(this.keys, next) })
  }

  /** The state as it is stored by now, heard of. */
  async observe(): Promise<void> {
    await this.context.access.observed(() => this.store.state())
  }

  get clock(): TestClock {
    return this.services.clock
  }

  get asked(): Asked {
    return this.services.asked
  }

  /** An active user with a session. */
  async signedIn(
    roles: readonly Role[] = ['pam_admin'],
    username = `user-${newId()}`,
  ): Promise<SignedIn> {
    const user = userOf(roles, username, this.clock.now())
    const { session, change, refreshToken } = startSession(
      this.context,
      user.id,
      1,
      this.clock.now(),
    )
    await this.store.put([insertUser(this.keys, user), change])
    const claims: AccessClaims = {
      aud: 'tenant',
      tid: this.tenant,
      sub: user.id,
      sid: session.id,
      gen: 1,
      tgn: 1,
      exp: this.clock.now() / 1_000 + 600,
    }
    const { id } = user
    const principal = { type: 'user', id, name: username, roles, session: session.id } as const
    return { user, claims, principal, refreshToken }
  }

  async addEntry(more: Partial<EntryContent> = {}): Promise<Entry> {
    const { entry, change } = insertEntry(this.keys, contentOf(more), this.clock.now())
    await this.store.put([change])
    return entry
  }

  /** All audit events, oldest first. */
  async events(): Promise<AuditEventJson[]> {
    const blocks = await this.store.auditPage(null, 1_000)
    return blocks.reverse().flatMap((block) => openBlock(this.keys, block).map(toJson))
  }
}

export const userOf = (roles: readonly Role[], username: string, createdTime: number): User => ({
  id: newId(),
  version: 1,
  createdTime,
  access: { roles, status: 'active', generation: 1, verifier: '1:hash of secret' },
  profile: {
    username,
    displayName: username,
    email: `${username}@example.org`,
    lastLoginTime: null,
  },
})

const directoryOf = (tenant: TenantId): TenantContext['directory'] => ({
  tenant,
  shortCode: 'acme',
  displayName: 'Acme',
  contactEmail: 'it@acme.example',
  status: 'active',
  createdTime: 1_700_000_000_000,
  maxUsers: null,
  maxResources: null,
  modules: [],
  database: { engine: 'postgres', name: 'rppam_tenant_acme' },
  setup: [],
  tokenGeneration: 1,
})

/** Flips one bit of a sealed column, as a database administrator might. */
export const flipped = (record: Buffer): Buffer => {
  const copy = Buffer.from(record)
  copy[copy.length - 1]! ^= 1
  return copy
}
