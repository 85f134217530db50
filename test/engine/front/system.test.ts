// What the front answers itself, naming no tenant.
import t from 'tap'
import type { HttpRequest } from '../../../engine/front/http/request.js'
import { type SystemState, metricsReply, systemReply } from '../../../engine/front/system.js'
import { newId } from '../../../engine/ids.js'

const request = { requestId: newId() } as HttpRequest
const state = (more: Partial<SystemState> = {}): SystemState => ({
  ready: () => Promise.resolve(),
  isStopping: () => false,
  attestationKeys: [{ kty: 'OKP' }],
  metrics: () => Promise.resolve('metrics'),
  ...more,
})

t.test('ping and live answer while all else is down', async (t) => {
  const down = state({ isStopping: () => true, ready: () => Promise.reject(new Error('down')) })
  for (const id of ['ping', 'live'])
    t.match(await systemReply(id, request, down), { status: 200, body: '{"status":"ok"}' })
})

t.test('ready is what requests would find', async (t) => {
  t.match(await systemReply('ready', request, state()), { status: 200 })
  const down = state({ ready: () => Promise.reject(new Error('password authentication failed')) })
  const refused = await systemReply('ready', request, down)
  t.equal(refused.status, 503)
  t.match(refused, { body: /control_unavailable/ })
  t.notMatch(JSON.stringify(refused), /password/)
})

t.test('stopping is not ready, without asking', async (t) => {
  const stopping = state({
    isStopping: () => true,
    ready: () => t.fail('asked') as unknown as Promise<void>,
  })
  t.match(await systemReply('ready', request, stopping), {
    status: 503,
    body: /shutting_down/,
  })
})

t.test('metrics', async (t) => {
  t.match(await metricsReply(state()), {
    status: 200,
    headers: { 'content-type': /^text\/plain; version=0\.0\.4/ },
    body: 'metrics',
  })
})

t.test('the keys of statements, as a JSON Web Key Set', async (t) => {
  t.match(await systemReply('getAttestationKeys', request, state()), {
    status: 200,
    body: '{"keys":[{"kty":"OKP"}]}',
  })
})

t.test('the description of the API, offline', async (t) => {
  t.match(await systemReply('getContract', request, state()), {
    status: 200,
    headers: { 'content-type': /json/ },
  })
  t.match(await systemReply('getDocs', request, state()), {
    headers: { 'content-type': /html/, 'content-security-policy': /default-src 'none'/ },
  })
  t.match(await systemReply('getDocsLibrary', request, state()), {
    status: 200,
    headers: { 'content-type': /javascript/, 'content-encoding': 'gzip' },
  })
})

t.test('the root leads to it', async (t) => {
  t.match(await systemReply('getRoot', request, state()), {
    status: 302,
    headers: { location: '/docs' },
    body: null,
  })
})

t.test('nothing else', async (t) => {
  t.match(await systemReply('getTenant', request, state()), { status: 404 })
})
