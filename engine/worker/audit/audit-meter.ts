// How long events wait until they are durable, and how many leave together: a number each for every write, of all open
// tenants of a thread.
import { Tally } from '../../tally.js'

export class AuditMeter {
  /** Seconds from when the first of a group was given until all of it was durable. */
  readonly lag = new Tally([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5])
  /** Events. */
  readonly group = new Tally([1, 2, 4, 8, 16, 32, 64, 128, 256])

  written(events: number, milliseconds: number): void {
    this.group.add(events)
    this.lag.add(milliseconds / 1_000)
  }
}
