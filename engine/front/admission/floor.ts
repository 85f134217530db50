// The floor of time of a refused sign-in: whatever look-ups it needed, and whether its tenant had to be opened for it,
// it is answered no earlier than this after the whole request was there (FORMATS §8).
import type { Clock, Milliseconds } from '../../clock.js'

export type Schedule = (work: () => void, milliseconds: Milliseconds) => void

export class Floor {
  constructor(
    private readonly clock: Clock,
    private readonly floorMs: Milliseconds,
    private readonly schedule: Schedule = setTimeout,
  ) {}

  /** Runs `answer` at once where enough time has passed, else later. */
  begin(): (answer: () => void) => void {
    const earliest = this.clock.now() + this.floorMs
    return (answer) => {
      const left = earliest - this.clock.now()
      if (left > 0) this.schedule(answer, left)
      else answer()
    }
  }
}
