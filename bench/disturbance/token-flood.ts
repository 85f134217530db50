// Somebody without a token sends bad ones: texts that are none, and forgeries of a good one of the tenant measured, each
// with a signature of its own. Meanwhile tokens of that tenant which nobody has seen yet come from another address.
import { freshTokens, signIn } from '../contender/engine/provision.js'
import { serial, type FlowPlan } from '../traffic/messages.js'
import type { Disturbance } from './disturbance.js'
import { flow, get } from './flow.js'

const path = '/api/v1/tenant'
const pauseMs = 250
const flood = { connections: 32, localAddress: '127.0.0.66', expected: [401] } as const

/** The first eight characters of the signature (RFC 7515 §7.1) become digits. */
const forgeryOf = (authorization: string): string => {
  const signature = authorization.lastIndexOf('.') + 1
  return authorization.slice(0, signature) + serial + authorization.slice(signature + serial.length)
}

const flowsOf = (good: string, fresh: readonly string[]): FlowPlan[] => [
  flow({ ...flood, name: 'junk', requests: [get(`Bearer junk${serial}`, path)] }),
  flow({ ...flood, name: 'forged', requests: [get(forgeryOf(good), path)] }),
  flow({
    name: 'fresh good tokens',
    connections: 1,
    requests: fresh.map((authorization) => get(authorization, path)),
    localAddress: '127.0.0.5',
    pauseMs,
    expected: [200],
    tolerated: [],
  }),
]

export const tokenFlood: Disturbance = {
  id: 'token-flood',
  title:
    '64 connections of 127.0.0.66: tokens that are none, and forged ones; 4 fresh good ones a second',
  bounds: [],
  prepare: ({ engine: { port }, measured }) =>
    Promise.resolve(async (longestMs) => {
      const fresh = await freshTokens(port, measured, Math.ceil(longestMs / pauseMs))
      return { flows: flowsOf(await signIn(port, measured), fresh), hang: null }
    }),
}
