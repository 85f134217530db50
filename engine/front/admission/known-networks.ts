// Whether somebody of the named tenant signed in completely from a network lately (FORMATS §8). Asked of the management
// thread, which holds key and rows, and only where it makes a difference: the front knows no key. Answers are remembered
// for a moment under hashes of this process. A network has one question under way at a time, so that a flood of
// refusals makes nobody else wait for theirs.
import { createHmac, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock, Milliseconds } from '../../clock.js'
import type { NamedTenant } from '../../task/control.js'
import { SignInQueue } from './sign-in-queue.js'

const rememberedMs: Milliseconds = 10_000
const questions = {
  places: 8,
  perNetwork: 1,
  perName: 8,
  waiting: 512,
  waitingPerNetwork: 32,
  maxWaitMs: 1_000,
}

export interface KnownNetworksOptions {
  /** May reject: then the network counts as unknown. */
  ask(tenant: NamedTenant, network: string): Promise<boolean>
  readonly clock: Clock
  /** Answers remembered. */
  readonly max: number
}

interface Remembered {
  readonly isKnown: boolean
  readonly time: Milliseconds
}

export class KnownNetworks {
  readonly #key = randomBytes(32)
  readonly #answers: LRUCache<string, Remembered>
  readonly #questions = new SignInQueue(questions)

  constructor(private readonly options: KnownNetworksOptions) {
    this.#answers = new LRUCache({ max: options.max })
  }

  get size(): number {
    return this.#answers.size
  }

  /** Never rejects. */
  async isKnown(tenant: NamedTenant, network: string): Promise<boolean> {
    const key = this.#hash(tenant, network)
    const { clock } = this.options
    const remembered = this.#answers.get(key)
    if (remembered && clock.now() < remembered.time + rememberedMs) return remembered.isKnown
    const isKnown = await this.#ask(tenant, network).catch(() => null)
    if (isKnown !== null) this.#answers.set(key, { isKnown, time: clock.now() })
    return isKnown ?? false
  }

  /** Somebody was let in: it may be known from now on. */
  forget(tenant: NamedTenant, network: string): void {
    this.#answers.delete(this.#hash(tenant, network))
  }

  async #ask(tenant: NamedTenant, network: string): Promise<boolean> {
    const leave = await this.#questions.enter(network, '')
    try {
      return await this.options.ask(tenant, network)
    } finally {
      leave()
    }
  }

  #hash(tenant: NamedTenant, network: string): string {
    const named = tenant && 'code' in tenant ? { code: tenant.code.toLowerCase() } : tenant
    const mac = createHmac('sha256', this.#key).update(JSON.stringify([named, network]))
    return mac.digest('base64url').slice(0, 24)
  }
}
