import t from 'tap'
import { toUtc } from '../../engine/clock.js'

t.equal(toUtc(0), '1970-01-01T00:00:00.000Z', 'times carry milliseconds and Z')
