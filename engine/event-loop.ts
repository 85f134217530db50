// How late this thread's event loop is: what every request on it waits for, whatever else it does.
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Since it was last asked; seconds. */
export interface LoopDelay {
  readonly mean: number
  readonly p99: number
  readonly max: number
}

const resolutionMs = 20

const seconds = (nanoseconds: number): number =>
  Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3) : 0

/** Watches from now on. */
export const watchEventLoop = (): (() => LoopDelay) => {
  const watched = monitorEventLoopDelay({ resolution: resolutionMs })
  watched.enable()
  return () => {
    const { mean, max } = watched
    const delay = { mean: seconds(mean), p99: seconds(watched.percentile(99)), max: seconds(max) }
    watched.reset()
    return delay
  }
}
