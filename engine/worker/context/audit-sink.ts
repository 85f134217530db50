// The chains and anchors of one tenant, kept in the control database by the broker.
import type { TenantId } from '../../ids.js'
import type { BrokerMethods } from '../../task/broker.js'
import type { Remote } from '../../task/rpc.js'
import type { AnchorSink } from '../audit/anchors.js'

type ChainKeeper = Pick<
  Remote<BrokerMethods>,
  'registerChain' | 'registeredChains' | 'resumableChain' | 'appendAnchor' | 'anchors'
>

export const anchorSinkOf = (tenant: TenantId, keeper: ChainKeeper): AnchorSink => ({
  register: (registration) => keeper.registerChain(tenant, registration),
  chains: () => keeper.registeredChains(tenant),
  resume: (writer) => keeper.resumableChain(tenant, writer),
  append: (anchor) => keeper.appendAnchor(tenant, anchor),
  anchors: (chain, before) => keeper.anchors(tenant, chain, before),
})
