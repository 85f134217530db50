// The memory store keeps every promise of store.ts.
import { createMemoryStore } from '../../../../../engine/worker/store/memory/memory-store.js'
import { storeConformance } from '../../../../suites/store.js'

storeConformance(() => Promise.resolve(createMemoryStore()))
