// The memory that requests and their answers take, from the moment a request leaves for a worker until the last byte of
// its answer has left: of all tenants together, and of each. A request whose answer has no room waits its turn, before any work is done for
// it, and is refused after a while: nothing is read, let alone audited, that could not be answered.
import type { Clock, Milliseconds } from '../../clock.js'
import type { TenantId } from '../../ids.js'
import type { Held } from '../http/reply-head.js'

export interface AnswerBudgetOptions {
  /** Bytes of all answers. */
  readonly whole: number
  /** Bytes of one tenant's. */
  readonly perTenant: number
  /** Longest wait for a turn. */
  readonly wait: Milliseconds
  /** Of durations: monotonic. */
  readonly clock: Clock
}

/** Up to this an answer may use the part that large ones leave: reading on goes on while batches fill the rest. */
const smallAnswer = 128 * 1024
const reserve = 1 / 4
/** A tenant may hold as much of what is then still free: each that fills its share leaves two thirds to the next. */
const shareOfFree = 1 / 2
/** Requests of one tenant that wait. */
const waitingPerTenant = 1024

/** Room for one answer: at first what it may take, then what it does. */
export class HeldRoom implements Held {
  #bytes: number

  /** By AnswerBudget only. */
  constructor(
    private readonly budget: AnswerBudget,
    private readonly account: Account,
    bytes: number,
  ) {
    this.#bytes = bytes
  }

  /** An answer without a body keeps a byte: its tenant is not forgotten before it has left. */
  resize(bytes: number): void {
    this.#set(Math.max(1, bytes))
  }

  release(): void {
    if (this.#bytes > 0) this.#set(0)
  }

  #set(bytes: number): void {
    const more = bytes - this.#bytes
    this.#bytes = bytes
    this.budget.charge(this.account, more)
  }
}

/** Null: it waited for too long. */
type OnTurn = (room: HeldRoom | null) => void

/** Bytes that a request needs room for. */
export interface Room {
  readonly answer: number
  readonly body: number
}

interface Waiter extends Room {
  readonly since: Milliseconds
  readonly onTurn: OnTurn
}

interface Account {
  readonly tenant: TenantId
  held: number
  waiting: Waiter[]
  /** Bytes of the bodies of who waits. */
  bodies: number
}

const bodiesOf = (waiters: readonly Waiter[]): number =>
  waiters.reduce((sum, { body }) => sum + body, 0)

export class AnswerBudget {
  // Tenants that hold or wait for something; who waits is served in turn.
  readonly #accounts = new Map<TenantId, Account>()
  #held = 0
  #waiting = 0
  #bodies = 0
  #scheduled = false

  constructor(private readonly options: AnswerBudgetOptions) {}

  /** Bytes of all answers under way. */
  get held(): number {
    return this.#held
  }

  /** Requests that wait for their turn. */
  get waiting(): number {
    return this.#waiting
  }

  /** Null: there is no room now, or others of this tenant wait for it. */
  take(tenant: TenantId, { answer, body }: Room): HeldRoom | null {
    const bytes = answer + body
    const account = this.#accounts.get(tenant)
    if (account === undefined)
      return this.#fits(0, bytes) ? this.#grant(this.#open(tenant), bytes) : null
    if (account.waiting.length > 0 || !this.#fits(account.held, bytes)) return null
    return this.#grant(account, bytes)
  }

  /**
   * Null: too many or too much waits already, and `onTurn` is never called. Else it is, once, never at once; unless what
   * is returned was called before, because nobody waits any more: true when that came in time.
   */
  wait(tenant: TenantId, room: Room, onTurn: OnTurn): (() => boolean) | null {
    const account = this.#accounts.get(tenant) ?? this.#open(tenant)
    if (!this.#mayWait(account, room)) return null
    const waiter = { ...room, since: this.options.clock.now(), onTurn }
    account.waiting.push(waiter)
    this.#waiting++
    this.#chargeBodies(account, room.body)
    this.#schedule()
    return () => this.#leave(account, waiter)
  }

  /** Now and then: refuses those who have waited for too long. */
  sweep(): void {
    if (this.#waiting === 0) return
    const longest = this.options.clock.now() - this.options.wait
    for (const account of [...this.#accounts.values()]) {
      const late = account.waiting.filter(({ since }) => since <= longest)
      account.waiting = account.waiting.slice(late.length)
      this.#gone(account, late)
      for (const { onTurn } of late) onTurn(null)
    }
  }

  /** By HeldRoom only. */
  charge(account: Account, bytes: number): void {
    account.held += bytes
    this.#held += bytes
    this.#forgetIfIdle(account)
    if (bytes < 0 && this.#waiting > 0) this.#schedule()
  }

  #open(tenant: TenantId): Account {
    const account: Account = { tenant, held: 0, waiting: [], bodies: 0 }
    this.#accounts.set(tenant, account)
    return account
  }

  #mayWait({ waiting, bodies }: Account, { body }: Room): boolean {
    const { whole, perTenant } = this.options
    if (body > 0 && (bodies + body > perTenant || this.#bodies + body > whole)) return false
    return waiting.length < waitingPerTenant
  }

  #leave(account: Account, waiter: Waiter): boolean {
    const at = account.waiting.indexOf(waiter)
    if (at < 0) return false
    account.waiting.splice(at, 1)
    this.#gone(account, [waiter])
    return true
  }

  /** They do not wait any more; who stood behind them may fit where they did not. */
  #gone(account: Account, waiters: readonly Waiter[]): void {
    this.#waiting -= waiters.length
    this.#chargeBodies(account, -bodiesOf(waiters))
    this.#forgetIfIdle(account)
    if (this.#waiting > 0) this.#schedule()
  }

  #chargeBodies(account: Account, bytes: number): void {
    account.bodies += bytes
    this.#bodies += bytes
  }

  #grant(account: Account, bytes: number): HeldRoom {
    this.charge(account, bytes)
    return new HeldRoom(this, account, bytes)
  }

  /** One answer of a tenant that holds nothing only has to fit into what is left. */
  #fits(held: number, bytes: number): boolean {
    const { whole, perTenant } = this.options
    const free = whole - this.#held - bytes
    if (held === 0) return free >= 0 || this.#held === 0
    const share = Math.min(perTenant, free * shareOfFree)
    return held + bytes <= (bytes > smallAnswer ? share * (1 - reserve) : share)
  }

  #forgetIfIdle({ tenant, held, waiting }: Account): void {
    if (held === 0 && waiting.length === 0) this.#accounts.delete(tenant)
  }

  // Once a turn of the event loop, however many answers have left in it.
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#serve()
    })
  }

  #serve(): void {
    const waiting = [...this.#accounts.values()].filter((account) => account.waiting.length > 0)
    for (let turn = waiting; turn.length > 0;)
      turn = turn.filter((account) => this.#serveOne(account))
  }

  /** True when it got its turn and others of its tenant wait. */
  #serveOne(account: Account): boolean {
    const next = account.waiting[0]
    if (next === undefined || !this.#fits(account.held, next.answer + next.body)) return false
    const room = this.#grant(account, next.answer + next.body)
    account.waiting.shift()
    this.#gone(account, [next])
    this.#moveToEnd(account)
    next.onTurn(room)
    return account.waiting.length > 0
  }

  #moveToEnd(account: Account): void {
    this.#accounts.delete(account.tenant)
    this.#accounts.set(account.tenant, account)
  }
}
