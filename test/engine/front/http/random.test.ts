// Random requests, several on a connection, leave the front alive and its memory flat: listener, route table, tokens,
// parameters and limits, with workers that answer a turn later. 30,000 of them; RPPAM_TEST_REQUESTS says another number.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import { countAnswers, openRaw } from '../../../support/raw-socket.js'
import { gatewayWith, tokenOf } from '../gateway-fixture.js'
import { listening } from './listening.js'

const seeds = 20
const perSeed = Number(process.env['RPPAM_TEST_REQUESTS'] ?? 30_000) / seeds
const atOnce = 64

const token = await tokenOf({ aud: 'tenant' })
const signIn = '{"tenant":"acme","username":"alice","password":"x"}'

const part = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'get', 'BREW') },
  {
    weight: 6,
    arbitrary: fc.constantFrom(' ', '\r\n', '\r\n\r\n', '\n', ':', '/', '%', '..', '?', '#', '\0'),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'HTTP/1.1',
      'HTTP/1.0',
      'Host: localhost\r\n',
      'Content-Length: 5\r\n',
      'Content-Length: 99999999\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Connection: close\r\n',
      'Expect: 100-continue\r\n',
      'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc',
      '5\r\nhello\r\n0\r\n\r\n',
      `Authorization: Bearer ${token}\r\n`,
      'Authorization: Bearer a.b.c\r\n',
      'GET /api/v1/vault/entries?folder=/a&page=2 HTTP/1.1\r\nHost: localhost\r\n',
      'GET /api/v1/users/0/ HTTP/1.1\r\nHost: localhost\r\n',
      `PUT /api/v1/vault/entries/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n`,
      `POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${signIn.length}\r\n\r\n${signIn}`,
    ),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b).toString('latin1')),
  },
)
const messages = fc
  .array(part, { minLength: 1, maxLength: 14 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'))

/** Sends and leaves as soon as anything comes back, or at once. */
const poke = async (port: number, bytes: Buffer): Promise<void> => {
  const raw = openRaw(port)
  raw.socket.end(bytes)
  await raw.closed
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** MiB, after a collection. */
const memory = (): { readonly held: number; readonly resident: number } => {
  collect()
  const { heapUsed, external, rss } = process.memoryUsage()
  const mebibytes = (bytes: number): number => Math.round(bytes / 1024 / 1024)
  return { held: mebibytes(heapUsed + external), resident: mebibytes(rss) }
}

t.test('alive and flat', async (t) => {
  const front = gatewayWith((_item, answer) =>
    setImmediate(() => answer({ status: 200, headers: {}, body: Buffer.from('{}') })),
  )
  const { port } = await listening(t, (request, respond) => front.gateway.handle(request, respond))
  let submitted = 0
  // What the fakes note for tests of a few requests.
  const forget = (): void => {
    for (const { items } of [front.tenants, front.management, front.any])
      submitted += items.splice(0).length
    front.counted.length = 0
    front.faults.length = 0
  }
  const run = async (count: number, seed: number): Promise<void> => {
    const sample = fc.sample(messages, { numRuns: count, seed })
    for (let at = 0; at < count; at += atOnce)
      await Promise.all(sample.slice(at, at + atOnce).map((bytes) => poke(port, bytes)))
    forget()
  }
  for (let seed = 0; seed < seeds / 4; seed++) await run(perSeed, seed)
  const before = memory()
  for (let seed = seeds / 4; seed < seeds; seed++) await run(perSeed, seed)
  const after = memory()
  // Lost bodies or contexts of so many requests would be far above either; the client's own garbage is in the second.
  t.ok(after.held - before.held < 16, `${after.held - before.held} MiB more are held`)
  t.ok(after.resident - before.resident < 160, `grown by ${after.resident - before.resident} MiB`)
  t.ok(submitted > (seeds * perSeed) / 100, `${submitted} were let through to a worker`)
  const raw = openRaw(port)
  raw.write('GET /system/health/ping HTTP/1.1\r\nHost: localhost\r\n\r\n')
  t.equal(countAnswers(await raw.answer()), 1)
  raw.socket.destroy()
})
