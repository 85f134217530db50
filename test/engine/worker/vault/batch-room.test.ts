// A batch of secrets ends at limits.answerBytes: the rest says answer_too_large, and nothing was opened or put on record
// of it. The first is always answered, so that whoever asks again comes to an end.
import t from 'tap'
import { fakeServices, limits, TestTenant } from '../../../support/tenant-context.js'
import { callsOf } from '../request/pipeline-fixture.js'

const KiB = 1024
const field = 'x'.repeat(60 * KiB)
const large = { a: field, b: field, c: field, d: field }

const setUp = async (answerBytes: number) => {
  const services = fakeServices({ limits: { ...limits, answerBytes } })
  const rules = [
    { principal: { type: 'role', id: 'pam_user' }, folder: '/prod', rights: ['list', 'read'] },
  ] as const
  const tenant = await TestTenant.open({ services, rules: [...rules] })
  const { claims } = await tenant.signedIn(['pam_user'])
  const calls = callsOf(tenant)
  const add = async (count: number, fields: Record<string, string>): Promise<string[]> => {
    const ids: string[] = []
    for (let i = 0; i < count; i++) ids.push((await tenant.addEntry({ name: `e${i}`, fields })).id)
    return ids
  }
  const read = async (body: object) => {
    const answer = await calls.signedIn(claims, 'readSecrets', { body })
    return { ...answer, rows: answer.json as unknown as Record<string, unknown>[] }
  }
  const opened = async () =>
    (await tenant.events()).filter(({ action }) => action === 'vault.secret.read')
  return { tenant, add, read, opened }
}

const codeOf = (row: Record<string, unknown>): unknown =>
  (row['error'] as { code: string } | undefined)?.code

t.test('ends where the answer is full', async (t) => {
  const { add, read, opened } = await setUp(1024 * KiB)
  const ids = await add(8, large)
  const { status, rows, body } = await read({ ids })
  t.equal(status, 200)
  t.same(
    rows.map(({ id }) => id),
    ids,
  )
  const answered = rows.filter((row) => 'fields' in row)
  t.ok(answered.length >= 3)
  t.ok(Buffer.byteLength(body!) <= 1024 * KiB)
  t.match(rows[0], { fields: large })
  t.same(
    rows.slice(answered.length).map(codeOf),
    Array(8 - answered.length).fill('answer_too_large'),
  )
  const events = await opened()
  t.same(
    events.map(({ target }) => target.id).sort(),
    ids.slice(0, answered.length).sort(),
    'what was not answered was not read',
  )
})

t.test('asked for again until all have come', async (t) => {
  const { add, read, opened } = await setUp(64 * KiB)
  const ids = await add(3, large)
  for (let left = ids; left.length > 0;) {
    const { rows } = await read({ ids: left })
    t.match(rows[0], { id: left[0], fields: large }, 'the first, whatever its size')
    left = rows.filter((row) => codeOf(row) === 'answer_too_large').map(({ id }) => String(id))
  }
  t.equal((await opened()).length, 3)
})

t.test('by path, and with rows that cannot be read among them', async (t) => {
  const { tenant, add, read } = await setUp(512 * KiB)
  await add(4, large)
  await tenant.addEntry({ name: 'hidden', folder: '/hidden' })
  const paths = ['/hidden/hidden', '/prod/nothing', '/prod/e0', '/prod/e1', '/prod/e2', '/prod/e3']
  const { rows } = await read({ paths })
  t.same(rows.map(codeOf), [
    'not_found',
    'not_found',
    undefined,
    undefined,
    'answer_too_large',
    'answer_too_large',
  ])
  t.same(rows[5], { path: '/prod/e3', error: { code: 'answer_too_large' } })
})

t.test('a hundred small ones are one answer', async (t) => {
  const { add, read } = await setUp(limits.answerBytes)
  const { rows } = await read({ ids: await add(100, { password: 'hunter2' }) })
  t.ok(rows.every((row) => 'fields' in row))
})
