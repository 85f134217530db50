// A wrong or unknown key stops the start with one line that names it and never shows the value.
import { join } from 'node:path'
import t from 'tap'
import { ConfigError, loadConfig, type Environment } from '../../engine/config.js'

const canary = 'canary-5f2e\nsecond'

const refusal = (env: Environment, cwd: string, flags: string[] = []): string => {
  try {
    loadConfig(env, cwd, flags)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'not refused'
}

const files: [name: string, content: unknown, expected: RegExp][] = [
  ['unknown section', { lisen: {} }, /^unknown key lisen$/],
  ['unknown key', { listen: { prot: canary } }, /^unknown key listen\.prot$/],
  ['prototype key', JSON.parse('{"__proto__": {"a": 1}}'), /^unknown key __proto__$/],
  ['text for a number', { listen: { port: '7101' } }, /^listen\.port must be integer$/],
  ['out of range', { listen: { port: 70000 } }, /^listen\.port must be <= 65535$/],
  ['fraction', { limits: { bodyBytes: 2048.5 } }, /^limits\.bodyBytes must be integer$/],
  ['section as text', { listen: canary }, /^listen must be object$/],
  ['enum', { logging: { level: canary } }, /^logging\.level must be one of info,/],
  [
    'suite',
    { keys: { suite: 'aes-256-gcm' } },
    /^keys\.suite must be one of xchacha20-poly1305,xaes-256-gcm$/,
  ],
  ['list item', { listen: { allowedHosts: [1] } }, /^listen\.allowedHosts\.0 must be string$/],
  ['sealed', { database: { url: 'ENC:abc' } }, /^database\.url is a sealed value \(ENC:\)/],
  ['MEK in the file', { keys: { mek: canary } }, /^keys\.mek may only be given as RPPAM_KEYS_MEK/],
  ['half of TLS', { listen: { tls: { cert: 'a' } } }, /^listen\.tls needs both cert and key$/],
  ['proxy', { listen: { trustedProxies: ['10.0.0.0/99'] } }, /^listen\.trustedProxies must hold/],
  ['reserved code', { license: { tenantCode: 'MSP' } }, /^license\.tenantCode: msp is reserved/],
  ['more than the contract allows', { limits: { fieldBytes: 65_537 } }, /^limits\.fieldBytes/],
  ['origin', { listen: { cors: { origins: ['*'] } } }, /^listen\.cors\.origins must hold/],
  ['database', { database: { url: 'http://h' } }, /^database\.url must be a postgres/],
  ['plain HTTP', { listen: { host: '0.0.0.0' } }, /^listen\.host: plain HTTP only on loopback/],
  [
    'a name for an address',
    { listen: { host: '127.evil.example' } },
    /plain HTTP only on loopback/,
  ],
  [
    'room for less than two answers',
    { limits: { answerBytes: 1_048_577, heldAnswerBytes: 2_097_152 } },
    /^limits\.heldAnswerBytes must be at least twice limits\.answerBytes$/,
  ],
  ['a list', [], /rppam\.config is not a valid JSON object$/],
]

for (const [name, content, expected] of files)
  t.test(`file: ${name}`, async (t) => {
    const message = refusal({}, t.testdir({ 'rppam.config': JSON.stringify(content) }))
    t.match(message, expected)
    t.notMatch(message, /canary|\n/)
  })

const variables: [name: string, env: Environment, expected: RegExp][] = [
  ['unknown', { RPPAM_LISTEN_PROT: canary }, /^unknown variable RPPAM_LISTEN_PROT$/],
  ['number', { RPPAM_LISTEN_PORT: canary }, /^RPPAM_LISTEN_PORT must be integer$/],
  ['number in hex', { RPPAM_LISTEN_PORT: '0x10' }, /^RPPAM_LISTEN_PORT must be integer$/],
  ['range', { RPPAM_LISTEN_PORT: '99999' }, /^RPPAM_LISTEN_PORT must be <= 65535$/],
  ['flag', { RPPAM_DATABASE_ALLOW_UNSAFE_FSYNC: '1' }, /UNSAFE_FSYNC must be true or false$/],
  ['sealed', { RPPAM_BOOTSTRAP_PASSWORD: 'ENC:x' }, /^bootstrap\.password is a sealed value/],
  [
    'no file there',
    { RPPAM_CONFIG: 'nowhere' },
    /^RPPAM_CONFIG names .*nowhere, which does not exist$/,
  ],
  ['no MEK', { RPPAM_KEYS_PROVIDER: 'environment' }, /needs RPPAM_KEYS_MEK$/],
  ['MEK unasked', { RPPAM_KEYS_MEK: canary }, /^RPPAM_KEYS_MEK needs keys\.provider environment$/],
]

for (const [name, env, expected] of variables)
  t.test(`variable: ${name}`, async (t) => {
    const message = refusal(env, t.testdir())
    t.match(message, expected)
    t.notMatch(message, /canary|\n/)
  })

t.test('a broken file is not quoted', async (t) => {
  const cwd = t.testdir({ 'rppam.config': `{"bootstrap": {"password": ${canary}` })
  t.equal(
    refusal({}, cwd),
    `${join(cwd, 'rppam.config')} is not a valid JSON object (line 1, column 28)`,
  )
})

t.test('variables that Kubernetes gives every pod beside a service are no fault', async (t) => {
  const env = {
    RPPAM_SERVICE_HOST: '10.96.12.7',
    RPPAM_SERVICE_PORT: '7101',
    RPPAM_SERVICE_PORT_HTTPS: '7101',
    RPPAM_PORT: 'tcp://10.96.12.7:7101',
    RPPAM_PORT_7101_TCP: 'tcp://10.96.12.7:7101',
    RPPAM_PORT_7101_TCP_PROTO: 'tcp',
    RPPAM_PORT_7101_TCP_PORT: '7101',
    RPPAM_PORT_7101_TCP_ADDR: '10.96.12.7',
    RPPAM_DNS_SERVICE_HOST: '10.96.12.8',
    RPPAM_DNS_PORT: 'udp://10.96.12.8:53',
    RPPAM_DNS_PORT_53_UDP_ADDR: '10.96.12.8',
  }
  t.equal(refusal(env, t.testdir()), 'not refused')
  for (const [name, value] of [
    ['RPPAM_PORT', '7101'],
    ['RPPAM_LISTEN_PROT', 'tcp://10.96.12.7:7101'],
    ['RPPAM_PORT_7101_SCTP', 'x'],
    ['RPPAM_SERVICE', 'x'],
  ] as const)
    t.equal(refusal({ [name]: value }, t.testdir()), `unknown variable ${name}`)
  t.match(refusal({ RPPAM_LISTEN_PORT: 'tcp://10.96.12.7:1' }, t.testdir()), 'not refused')
})

t.test('variables of clients and of tests are no fault', async (t) => {
  const env = { RPPAM_URL: 'http://h', RPPAM_TOKEN: canary, RPPAM_TEST_ANY: '1' }
  t.equal(refusal(env, t.testdir()), 'not refused')
})
