// Short codes that no tenant may have (SPEC §6): names that databases, roles and people take for something else.
const reserved = new Set([
  'msp',
  'admin',
  'root',
  'system',
  'control',
  'postgres',
  'template0',
  'template1',
  'master',
  'tempdb',
  'model',
  'msdb',
  'public',
])

/** Regardless of case. */
export const isReservedCode = (shortCode: string): boolean => reserved.has(shortCode.toLowerCase())
