// The ceiling: what the front alone can do. No vault, no database, no audit.
import { newId } from '../../../engine/ids.js'
import { firstMessage, startProcess } from '../../child-process.js'
import type { Contender, Running, Setting } from '../contender.js'
import { createTokenIssuer } from '../token.js'
import type { CeilingOrder, CeilingReady } from './main.js'

const start = async ({ entries, teardown }: Setting): Promise<Running> => {
  const { identity, publicKey, authorization } = await createTokenIssuer()
  const ids = entries.map(() => newId())
  const body = JSON.stringify({ id: ids[0], version: 1, fields: entries[0]!.fields })
  const started = startProcess('contender/uws-empty/main.js', teardown)
  const order: CeilingOrder = { issuer: identity.issuer, publicKey, body }
  started.child.send(order)
  const { port } = await firstMessage<CeilingReady>(started)
  return {
    port,
    pid: started.pid,
    databasePid: null,
    ids,
    isFixed: true,
    settings: {},
    authorization,
    auditedReads: () => Promise.resolve(null),
  }
}

export const uwsEmpty: Contender = { id: 'uws-empty', title: 'empty uWS handler', start }
