// libsodium with its memory in ordinary buffers, which tells what was done with them.
import { loadSodium, type Sodium } from '../../../../engine/native/sodium.js'

export interface Recording {
  readonly sodium: Sodium
  /** `malloc <bytes>`, then what was done with the first buffer as 1, and so on. */
  readonly calls: string[]
}

export const recordingSodium = (): Recording => {
  const calls: string[] = []
  const buffers: ArrayBuffer[] = []
  const record = (call: string, memory: ArrayBuffer, more = ''): number => {
    calls.push(`${call} ${buffers.indexOf(memory) + 1}${more}`)
    return 0
  }
  const sodium: Sodium = {
    ...loadSodium()!,
    sodium_malloc: (length) => {
      calls.push(`malloc ${length}`)
      const memory = new ArrayBuffer(length)
      buffers.push(memory)
      return memory
    },
    sodium_mprotect_readonly: (memory) => record('readonly', memory),
    sodium_mprotect_readwrite: (memory) => record('readwrite', memory),
    sodium_free: (memory) => {
      const isZeroed = Buffer.from(memory).every((byte) => byte === 0)
      record('free', memory, isZeroed ? ', zeroed' : '')
      // As the real one does: it has no length from here on.
      structuredClone(memory, { transfer: [memory] })
    },
  }
  return { sodium, calls }
}
