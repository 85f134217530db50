// A part of the suite that runs by itself: some contenders under one kind of load, and what is promised of them.
import type { Contender } from '../contender/contender.js'
import type { Figure, Verdict } from '../report/result.js'

export interface Scope {
  readonly name: string
  readonly contenders: readonly Contender[]
  /** Unless others are asked for. */
  readonly connections: readonly number[]
  judge(figures: readonly Figure[]): Verdict[]
}
