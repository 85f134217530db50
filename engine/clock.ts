// The one source of the present time. Whatever waits, expires or stamps takes a Clock, so that tests pass time in.

/** Milliseconds since the Unix epoch. */
export type Milliseconds = number

export interface Clock {
  now(): Milliseconds
}

export const systemClock: Clock = { now: () => Date.now() }

/** ISO 8601, UTC, milliseconds: the form of every `…Utc` field. */
export const toUtc = (time: Milliseconds): string => new Date(time).toISOString()

/** The end of the year 9999. */
export const latestTime: Milliseconds = 253_402_300_799_999

/** Whether it is one that an engine may have written: other numbers have no such form, or stand for no time at all. */
export const isTime = (time: number): boolean =>
  Number.isSafeInteger(time) && time >= 0 && time <= latestTime

/** Milliseconds since the process began, whatever happens to the time of day: for how long something took. */
export const monotonicClock: Clock = { now: () => performance.now() }
