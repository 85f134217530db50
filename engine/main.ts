// The engine's process. Signals are listened for before anything else is loaded; all the rest is in engine.ts.
import { monotonicClock } from './clock.js'
import { Ending } from './grace.js'

// FORMATS §9: without a listener this signal opens the inspector.
process.on('SIGUSR1', () => undefined)
const ending = new Ending(process, monotonicClock)
// Not awaited: whoever imports this file hands on what it heard itself, as soon as somebody listens.
void import('./engine.js').then(({ run }) => run(ending))
