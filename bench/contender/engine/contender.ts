// The engine, filled through the REST API.
import type { Contender } from '../contender.js'
import { measuredTenant } from './measured-tenant.js'
import { startEngine } from './start-engine.js'

export const engine: Contender = {
  id: 'engine',
  title: 'RP-PAM engine',
  start: async (setting) =>
    (await measuredTenant(await startEngine(setting), setting.entries)).running,
}
