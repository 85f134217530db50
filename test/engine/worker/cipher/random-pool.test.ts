import { pooledRandom } from '../../../../engine/worker/cipher/random-pool.js'
import { randomSourceConformance } from '../../../suites/random-source.js'

randomSourceConformance(pooledRandom())
