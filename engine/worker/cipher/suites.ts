// The suites by the byte that names them in a record (FORMATS §1). 03 is kept free for a key-committing one.
import type { OpenSuite } from './suite.js'
import { xaes256gcm } from './xaes-256-gcm.js'
import { xchacha20poly1305 } from './xchacha20-poly1305.js'

export const suiteIds = { 'xaes-256-gcm': 1, 'xchacha20-poly1305': 2 } as const
export type SuiteId = (typeof suiteIds)[keyof typeof suiteIds]

const suites: Readonly<Record<SuiteId, OpenSuite>> = { 1: xaes256gcm, 2: xchacha20poly1305 }

export const isSuiteId = (byte: number | undefined): byte is SuiteId => byte === 1 || byte === 2

export const openSuite = (id: SuiteId, key: Buffer): ReturnType<OpenSuite> => suites[id](key)
