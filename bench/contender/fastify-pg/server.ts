// The baseline's HTTP side: verify the token, then step by step; nothing is cached, nothing is batched.
import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { importJWK, jwtVerify, type JWK } from 'jose'
import type { Pool } from 'pg'
import { allows, audit, findEntry, findPermissions, findUser } from './steps.js'
import { open } from './seal.js'

export interface ServerOptions {
  readonly pool: Pool
  readonly issuer: string
  readonly publicKey: JWK
  /** Of the tenant's entries. */
  readonly key: Buffer
}

const fields = { type: 'object', additionalProperties: { type: 'string' } }
const secret = {
  type: 'object',
  properties: { id: { type: 'string' }, version: { type: 'integer' }, fields },
}
const params = {
  type: 'object',
  properties: { entryId: { type: 'string', pattern: '^[0-9a-f-]{36}$' } },
}

const refuse = (reply: FastifyReply, status: number, code: string): FastifyReply =>
  reply.code(status).type('application/problem+json').send(JSON.stringify({ status, code }))

type Claims = { readonly tid: string; readonly sub: string; readonly sid: string }

const createVerifier = async ({ issuer, publicKey }: ServerOptions) => {
  const key = await importJWK(publicKey, 'EdDSA')
  const checks = { issuer, audience: 'tenant', algorithms: ['EdDSA'], typ: 'rppam-at+jwt' }
  return async (authorization: string | undefined): Promise<Claims | null> => {
    try {
      const { payload } = await jwtVerify<Claims>(authorization?.slice(7) ?? '', key, checks)
      return payload
    } catch {
      return null
    }
  }
}

export const createServer = async (options: ServerOptions): Promise<FastifyInstance> => {
  const { pool, key } = options
  const verify = await createVerifier(options)
  const app = Fastify({ logger: false })
  const schema = { params, response: { 200: secret } }
  app.get<{ Params: { entryId: string } }>(
    '/api/v1/vault/entries/:entryId/secret',
    { schema },
    async (request, reply) => {
      const requestId = randomUUID()
      reply.header('cache-control', 'no-store').header('x-request-id', requestId)
      const claims = await verify(request.headers.authorization)
      const user = claims && (await findUser(pool, claims.sid))
      if (!claims || !user) return refuse(reply, 401, 'unauthenticated')
      const permissions = await findPermissions(pool, user)
      const entry = await findEntry(pool, request.params.entryId)
      const event = {
        id: randomUUID(),
        time: new Date().toISOString(),
        tenant: claims.tid,
        actor: user.id,
        action: 'vault.secret.read',
        target: request.params.entryId,
        requestId,
        clientAddress: request.ip,
      }
      if (!entry || !allows(permissions, entry.folder, 'read')) {
        await audit(pool, { ...event, outcome: 'denied' })
        return refuse(reply, 404, 'not_found')
      }
      const opened = open(key, entry.id, entry.fields)
      await audit(pool, { ...event, outcome: 'success' })
      reply.header('etag', `"${entry.version}"`)
      return { id: entry.id, version: entry.version, fields: opened }
    },
  )
  return app
}
