// The floor of time of a refused sign-in: whatever look-ups it needed, and whether its tenant had to be opened for it,
// it is answered this long after the whole request was there (FORMATS §8). What took longer is answered after a whole
// multiple of it, so that little can be told from how much longer.
import type { Clock, Milliseconds } from '../../clock.js'

export type Schedule = (work: () => void, milliseconds: Milliseconds) => void

export class MinimumResponseTime {
  constructor(
    /** Of durations: monotonic. */
    private readonly clock: Clock,
    /** 0: none. */
    private readonly floorMs: Milliseconds,
    private readonly schedule: Schedule = setTimeout,
  ) {}

  /** Runs `answer` at the next whole multiple of the floor after now. */
  begin(): (answer: () => void) => void {
    const since = this.clock.now()
    return (answer) => {
      const taken = this.clock.now() - since
      const left = this.floorMs === 0 ? 0 : this.floorMs - (taken % this.floorMs)
      if (left > 0) this.schedule(answer, left)
      else answer()
    }
  }
}
