// Tenants whose opening and closing a test lets happen when it wants.
import type { Milliseconds } from '../../../../engine/clock.js'
import { type TenantId, newId } from '../../../../engine/ids.js'
import type { TenantContext } from '../../../../engine/worker/context/context.js'
import { Tenants } from '../../../../engine/worker/context/open-tenants.js'

export const tenantIds = (count: number): TenantId[] =>
  Array.from({ length: count }, () => newId() as TenantId)

export interface Gate {
  readonly passed: Promise<void>
  open(): void
}
export const gate = (): Gate => {
  let open = (): void => undefined
  const passed = new Promise<void>((resolve) => (open = resolve))
  return { passed, open }
}

export class House {
  now: Milliseconds = 0
  /** `open x`, `close x` and `tick x`, in the order in which they happened. */
  readonly log: string[] = []
  readonly faults: unknown[] = []
  /** What opening and closing wait for; throws to fail. */
  opening: (tenant: TenantId) => Promise<void> = () => Promise.resolve()
  closing: (tenant: TenantId) => Promise<void> = () => Promise.resolve()
  ticking: (tenant: TenantId) => Promise<void> = () => Promise.resolve()
  readonly tenants: Tenants

  constructor(max: number, idleTime: Milliseconds = 1_000) {
    this.tenants = new Tenants({
      max,
      idleTime,
      clock: { now: () => this.now },
      open: async (tenant) => {
        await this.opening(tenant)
        this.log.push(`open ${tenant}`)
        return this.#context(tenant)
      },
      onFault: (_tenant, error) => this.faults.push(error),
    })
  }

  touch(tenant: TenantId): Promise<void> {
    return this.tenants.use(tenant, () => Promise.resolve())
  }

  knock(tenant: TenantId): Promise<void> {
    return this.tenants.useWithoutEvicting(tenant, () => Promise.resolve())
  }

  #context(tenant: TenantId): TenantContext {
    const context = {
      tenant,
      tick: async () => {
        await this.ticking(tenant)
        this.log.push(`tick ${tenant}`)
      },
      close: async () => {
        await this.closing(tenant)
        this.log.push(`close ${tenant}`)
      },
    }
    return context as unknown as TenantContext
  }
}

/** Everything that can happen without anybody's help has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
