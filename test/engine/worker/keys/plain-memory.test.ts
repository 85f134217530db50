import { plainMemory } from '../../../../engine/worker/keys/plain-memory.js'
import { keyMemoryConformance } from '../../../suites/key-memory.js'

keyMemoryConformance(plainMemory)
