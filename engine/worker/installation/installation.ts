// The installation while it is open, in the broker's thread: the one place that holds the MEK provider, the control
// database, the signing keys and the directory of tenants. It must never hand a key out but a tenant's KEK, by transfer.
import type { Clock } from '../../clock.js'
import type { Log } from '../../log.js'
import { withTimeout } from '../../with-timeout.js'
import { type TenantContext } from '../context/context.js'
import type { KeyProvider } from '../keys/providers/provider.js'
import type { OpenStore } from '../context/open-tenant.js'
import type { Administration } from '../store/postgres/administration.js'
import type { Tenants } from '../context/open-tenants.js'
import { Mutex } from '../context/mutex.js'
import { Bulkhead } from '../store/bulkhead.js'
import { visitMs } from '../store/postgres/target.js'
import type { ChainKeeper } from '../control/chains.js'
import type { TenantDirectory } from '../control/directory.js'
import { KnownNetworks } from '../control/known-networks.js'
import { countLiving } from '../control/living.js'
import type { License, Usage } from '../control/license.js'
import type { InstallationSecrets } from '../control/secrets.js'
import type { TokenSigner } from '../control/signing.js'
import { UserPlaces } from '../control/user-places.js'
import type { Handover } from './handover.js'

export interface InstallationParts {
  readonly clock: Clock
  readonly log: Log
  readonly provider: KeyProvider
  readonly administration: Administration
  /** The control database, opened like a tenant (tenant id all zeros). */
  readonly context: TenantContext
  readonly secrets: InstallationSecrets
  readonly license: License
  readonly directory: TenantDirectory
  readonly chains: ChainKeeper
  readonly signer: TokenSigner
  /** Tenants that the management plane works on, open in this thread. */
  readonly tenants: Tenants
  /** Of a tenant's database. */
  readonly openStore: OpenStore
  readonly handover: Handover
}

/** Each works on an open tenant, which takes up to two connections. */
const reissuesAtOnce = { places: 2, slowPlaces: 1, slowMs: 500, limitMs: visitMs }

/** For steps of a provisioning, and for tenants to close, once the engine ends. */
const settleMs = 500

const installations = new WeakMap<TenantContext, Installation>()

export class Installation {
  readonly #closing: (() => Promise<void>)[] = []
  readonly clock: Clock
  readonly log: Log
  readonly provider: KeyProvider
  readonly administration: Administration
  readonly context: TenantContext
  readonly secrets: InstallationSecrets
  readonly license: License
  readonly directory: TenantDirectory
  readonly chains: ChainKeeper
  readonly signer: TokenSigner
  readonly tenants: Tenants
  readonly openStore: OpenStore
  readonly handover: Handover
  readonly knownNetworks: KnownNetworks
  /** Of those who count what a licence allows and then write. */
  readonly reservations = new Mutex()
  readonly userPlaces = new UserPlaces(this)
  /** Of set-up tokens, by tenant. */
  readonly reissues: Bulkhead

  constructor(parts: InstallationParts) {
    this.clock = parts.clock
    this.log = parts.log
    this.provider = parts.provider
    this.administration = parts.administration
    this.context = parts.context
    this.secrets = parts.secrets
    this.license = parts.license
    this.directory = parts.directory
    this.chains = parts.chains
    this.signer = parts.signer
    this.tenants = parts.tenants
    this.openStore = parts.openStore
    this.handover = parts.handover
    this.reissues = new Bulkhead(reissuesAtOnce, parts.clock)
    const { store, keys } = parts.context
    this.knownNetworks = new KnownNetworks(store, keys, parts.clock)
    this.beforeClose(() => this.knownNetworks.settle())
    installations.set(parts.context, this)
  }

  async usage(): Promise<Usage> {
    const { store } = this.context
    const [tenants, users, resources] = await Promise.all([
      this.directory.countLicensed(),
      countLiving(store, this.directory, 'user'),
      countLiving(store, this.directory, 'resource'),
    ])
    return { tenants, users, resources, nodes: 1 }
  }

  /** What works on it ends before it does. */
  beforeClose(close: () => Promise<void>): void {
    this.#closing.push(close)
  }

  async close(): Promise<void> {
    // What does not end must not keep the installation's own chain from its anchor.
    await withTimeout(
      settleMs,
      Promise.all([...this.#closing.map((close) => close()), this.tenants.closeAll()]),
    )
    await this.context.close()
    await this.administration.close()
    this.provider.close()
  }
}

/** The installation that a management operation runs in. */
export const installationOf = (context: TenantContext): Installation => {
  const installation = installations.get(context)
  if (!installation) throw new Error('not the context of an installation')
  return installation
}
