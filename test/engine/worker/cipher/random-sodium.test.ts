import { loadSodium } from '../../../../engine/native/sodium.js'
import { sodiumRandom } from '../../../../engine/worker/cipher/random-sodium.js'
import { randomSourceConformance } from '../../../suites/random-source.js'

randomSourceConformance(sodiumRandom(loadSodium()!))
