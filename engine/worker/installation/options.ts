// What opens an installation.
import type { LicenseOptions } from '../control/installed-license.js'
import type { MekOptions } from '../control/mek.js'

export interface InstallationOptions {
  readonly node: string
  /** The engine's login on the server of the control database. */
  readonly url: string
  /** Whether that server came with the engine. */
  readonly isEmbedded: boolean
  readonly mek: MekOptions
  readonly license: LicenseOptions
  /** Of the enterprise edition's one tenant. */
  readonly tenantCode: string
  readonly bootstrapPassword: string | null
  /** Absolute: where secrets of the first start are kept until they are used (handover.ts). */
  readonly handoverFolder: string
  /** Whether a terminal shows them instead. */
  readonly isShown: boolean
  readonly allowUnsafeFsync: boolean
  readonly openTenants: number
  readonly idleMs: number
}
