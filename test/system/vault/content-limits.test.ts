// Limits count the content itself: what fits into an entry is taken, kept and given back however its JSON spells it.
import t from 'tap'
import { apiOf, readyTenant, signInAdmin } from '../../support/api.js'
import { startEngine } from '../../support/engine.js'

const field = 64 * 1024

t.test('content at its limits', async (t) => {
  const engine = await startEngine(t)
  const call = apiOf(engine.url)
  const { token } = await readyTenant(engine, await signInAdmin(engine), 'acme')
  const create = (name: string, fields: Readonly<Record<string, string>>) =>
    call('POST', 'vault/entries', { token, body: { name, type: 'note', fields } })

  for (const [name, character] of Object.entries({ nul: '\0', quote: '"', backslash: '\\' })) {
    const notes = character.repeat(field)
    const made = await create(name, { notes })
    t.equal(made.status, 201, made.text)
    const read = await call('GET', `vault/entries/${made.body['id']}/secret`, { token })
    t.ok(read.body['fields']?.['notes'] === notes, `${name}: given back as it was`)
  }

  const escaped = `{"name":"spelt","type":"note","fields":{"notes":"${'\\u0041'.repeat(field)}"}}`
  t.equal((await call('POST', 'vault/entries', { token, body: escaped })).status, 201)

  const whole = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, '"'.repeat(field)]))
  t.equal((await create('whole', { ...whole, d: '"'.repeat(field - 20) })).status, 201)
  const over = await create('over', { ...whole, d: '"'.repeat(field) })
  t.match(over.body, { code: 'validation_failed', errors: [{ pointer: '' }] })
  const long = await create('long', { notes: 'é'.repeat(field / 2) + 'x' })
  t.match(long.body, { code: 'validation_failed', errors: [{ pointer: '/fields/*' }] })
})
