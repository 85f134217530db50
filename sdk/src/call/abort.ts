// What is to be told when a caller's signal aborts. However many calls share a signal it has one listener of ours, and
// none when no call is left: Node takes more than ten for a leak.

interface Waiting {
  readonly callbacks: Set<() => void>
  readonly listener: () => void
}

const bySignal = new WeakMap<AbortSignal, Waiting>()

const listen = (signal: AbortSignal): Waiting => {
  const callbacks = new Set<() => void>()
  const listener = (): void => callbacks.forEach((callback) => callback())
  signal.addEventListener('abort', listener, { once: true })
  const waiting = { callbacks, listener }
  bySignal.set(signal, waiting)
  return waiting
}

/** Calls back when the signal aborts, which it must not have done yet; answers how to cancel. */
export const onAbort = (signal: AbortSignal, callback: () => void): (() => void) => {
  const { callbacks, listener } = bySignal.get(signal) ?? listen(signal)
  callbacks.add(callback)
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return
    signal.removeEventListener('abort', listener)
    bySignal.delete(signal)
  }
}
