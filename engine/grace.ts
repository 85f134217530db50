// The end of the process: one drain, then exit. npm hands a Ctrl-C on that reached the engine already, so the same
// signal comes twice in one moment; the echo must never cut the drain short. A second one after that does.
import closeWithGrace from 'close-with-grace'

const echoMs = 1_000
const limitMs = 10_000
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const deafFor = (milliseconds: number): void => {
  for (const signal of signals) {
    const impatient = process.listeners(signal)
    process.removeAllListeners(signal)
    process.on(signal, () => undefined)
    const restore = (): void => impatient.forEach((listener) => void process.on(signal, listener))
    setTimeout(restore, milliseconds).unref()
  }
}

/**
 * Runs `drain` once, on a signal or on an error that nobody caught, and exits: 0 after a signal, 1 after an error or
 * when the drain takes more than 10 s.
 */
export const endWithGrace = (
  drain: (cause: { signal?: string; error?: Error }) => Promise<void>,
): void => {
  closeWithGrace({ delay: limitMs, logger: false }, async ({ signal, err }) => {
    deafFor(echoMs)
    await drain({ ...(signal && { signal }), ...(err && { error: err }) })
  })
}
