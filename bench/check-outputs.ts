// Holds a contender's answers against what was stored, before anything is timed, and prepares the requests of the load
// from them. What answers wrongly is not measured at all.
import { deepStrictEqual, strictEqual } from 'node:assert'
import { secretPath, type Running } from './contender/contender.js'
import type { BenchEntry } from './contender/entry.js'
import { call } from './http-call.js'
import type { Target } from './load/messages.js'

const nobody = '00000000-0000-7000-8000-000000000000'

const checkSecret = async (
  { port, isFixed, ids }: Running,
  authorization: string,
  id: string,
  entry: BenchEntry,
): Promise<string> => {
  const { status, contentType, text } = await call(port, secretPath(id), { authorization })
  strictEqual(status, 200, `GET secret answered ${status}: ${text.slice(0, 300)}`)
  strictEqual(contentType.split(';')[0], 'application/json', 'another content type')
  const { id: answered, version, fields, ...more } = JSON.parse(text) as Record<string, unknown>
  deepStrictEqual(more, {}, 'another shape')
  strictEqual(answered, isFixed ? ids[0] : id, 'another id')
  strictEqual(version, 1, 'another version')
  if (!isFixed) deepStrictEqual(fields, entry.fields, 'another secret')
  return text
}

/** No token, a token with a changed signature, an entry that is not there. */
const checkRefusals = async (running: Running, authorization: string): Promise<void> => {
  const { port, ids, isFixed } = running
  const path = secretPath(ids[0]!)
  strictEqual((await call(port, path)).status, 401, 'a read without a token is not refused')
  const at = authorization.length - 20
  const swapped = authorization[at] === 'A' ? 'B' : 'A'
  const forged = authorization.slice(0, at) + swapped + authorization.slice(at + 1)
  const answer = await call(port, path, { authorization: forged })
  strictEqual(answer.status, 401, 'a forged token is not refused')
  if (isFixed) return
  const absent = await call(port, secretPath(nobody), { authorization })
  strictEqual(absent.status, 404, 'an entry that does not exist is not a 404')
}

const requestFor = (port: number, id: string, authorization: string): string =>
  `GET ${secretPath(id)} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${authorization}\r\n\r\n`

export type Bodies = readonly string[]

/** @throws Error at the first answer that is wrong, or when the audit log does not hold exactly these reads */
export const checkOutputs = async (
  running: Running,
  entries: readonly BenchEntry[],
): Promise<Bodies> => {
  const authorization = await running.authorization()
  const before = await running.auditedReads()
  const bodies: string[] = []
  for (const [index, entry] of entries.entries())
    bodies.push(await checkSecret(running, authorization, running.ids[index]!, entry))
  await checkRefusals(running, authorization)
  const after = await running.auditedReads()
  if (before !== null) strictEqual(after! - before, entries.length, 'audited reads')
  return bodies
}

export const targetsOf = (running: Running, bodies: Bodies, authorization: string): Target[] =>
  running.ids.map((id, index) => ({
    request: requestFor(running.port, id, authorization),
    status: 200,
    body: bodies[index]!,
  }))
