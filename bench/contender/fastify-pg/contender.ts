// The baseline: what a competent engineer would write first. Fastify, pg, jose and node:crypto, one query a step; an
// honest one, so sealed, permission-checked, and with a durable, hash-chained audit event before every answer.
import { join } from 'node:path'
import { firstMessage, startProcess } from '../../child-process.js'
import type { Contender, Running, Setting } from '../contender.js'
import { countRows } from '../count-rows.js'
import { createTokenIssuer } from '../token.js'
import type { BaselineOrder, BaselineReady } from './main.js'

const reads = `select count(*) from audit_events where action = 'vault.secret.read' and outcome = 'success'`

const start = async ({ folder, entries, teardown }: Setting): Promise<Running> => {
  const { identity, publicKey, authorization } = await createTokenIssuer()
  const started = startProcess('contender/fastify-pg/main.js', teardown)
  const order: BaselineOrder = { dataDir: join(folder, 'data'), entries, identity, publicKey }
  started.child.send(order)
  const ready = await firstMessage<BaselineReady>(started)
  const { port, databasePid, databaseUrl, ids, settings } = ready
  return {
    port,
    pid: started.pid,
    databasePid,
    ids,
    isFixed: false,
    settings,
    authorization,
    auditedReads: () => countRows(databaseUrl, reads),
  }
}

export const fastifyPg: Contender = { id: 'fastify-pg', title: 'Fastify + pg', start }
