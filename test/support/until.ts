// Waits for what comes by itself. (Where a clock can be passed in, pass it in instead.)
import { setTimeout as pause } from 'node:timers/promises'

const pollMs = 50

/** Asks again and again; whether it held within `limitMs`. */
export const until = async (
  holds: () => boolean | Promise<boolean>,
  limitMs = 120_000,
): Promise<boolean> => {
  const end = Date.now() + limitMs
  while (!(await holds())) {
    if (Date.now() > end) return false
    await pause(pollMs)
  }
  return true
}
