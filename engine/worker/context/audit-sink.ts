// The chains and anchors of one tenant: kept in the control database by the broker, verified here, in the thread that
// believes them.
import type { TenantId } from '../../ids.js'
import type { BrokerMethods } from '../../task/broker.js'
import type { Remote } from '../../task/rpc.js'
import type { AnchorSink } from '../audit/anchors.js'
import { openCheckpoints } from '../audit/checkpoint.js'
import { openRegistrations } from '../audit/registration.js'
import type { StatementVerifier } from '../audit/statement.js'
import { IntegrityError } from '../cipher/record.js'

export type ChainStatements = Pick<
  Remote<BrokerMethods>,
  | 'registerChain'
  | 'registrations'
  | 'appendAnchor'
  | 'checkpoints'
  | 'lastCheckpoints'
  | 'signExport'
>

const atOnce = 1_000

export const anchorSinkOf = (
  tenant: TenantId,
  keeper: ChainStatements,
  verifier: StatementVerifier,
): AnchorSink => ({
  register: (registration) => keeper.registerChain(tenant, registration),
  chains: async () => openRegistrations(verifier, tenant, await keeper.registrations(tenant)),
  append: (anchor) => keeper.appendAnchor(tenant, anchor),
  signExport: (claims) => keeper.signExport(tenant, claims),
  last: async (chain) => {
    const newest = await keeper.checkpoints(tenant, chain, null, 1)
    return (await openCheckpoints(verifier, tenant, chain, newest))[0] ?? null
  },
  lastOfAll: async () => {
    const last = await keeper.lastCheckpoints(tenant)
    const opened = last.map(({ chain, jws }) => openCheckpoints(verifier, tenant, chain, [jws]))
    return (await Promise.all(opened)).flat()
  },
  anchors: async (chain, before) => {
    const statements = await keeper.checkpoints(tenant, chain, before, atOnce)
    const anchors = await openCheckpoints(verifier, tenant, chain, statements)
    if (before !== null && anchors.some(({ seq }) => seq >= before)) throw new IntegrityError()
    return anchors
  },
})
