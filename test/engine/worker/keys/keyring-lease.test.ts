import { inspect } from 'node:util'
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import type { Keyring } from '../../../../engine/worker/keys/keyring.js'
import { KeyWipedError } from '../../../../engine/worker/keys/secret-key.js'
import { freshTenant, open } from './fixture.js'

const id = newId()
const uses: Record<string, (keys: Keyring) => unknown> = {
  seal: (keys) => keys.seal('vault_entry.doc', id, 1, 'x'),
  open: (keys) => keys.open('vault_entry.doc', id, 1, Buffer.alloc(200)),
  index: (keys) => keys.index('entryFolder', ['/']),
  verifier: (keys) => keys.verifier('refresh', id, Buffer.alloc(32)),
  verify: (keys) => keys.verify('refresh', id, Buffer.alloc(32), Buffer.alloc(32)),
  auditMac: (keys) => keys.auditMac(Buffer.alloc(32)),
  auditMacKeyId: (keys) => keys.auditMacKeyId(),
  lease: (keys) => keys.lease(),
}

t.test('a closed keyring throws, whatever is asked of it', async (t) => {
  for (const [name, use] of Object.entries(uses)) {
    const keys = open(freshTenant())
    keys.seal('vault_entry.doc', id, 1, 'warm')
    keys.close()
    t.throws(() => use(keys), KeyWipedError, name)
    keys.close()
    t.throws(() => use(keys), KeyWipedError, name)
  }
})

t.test(
  'closed under a lease it finishes the work right, lets nobody new in, then wipes',
  async (t) => {
    const tenant = freshTenant()
    const keys = open(tenant)
    const [first, second] = [keys.lease(), keys.lease()]
    const before = keys.seal('vault_entry.doc', id, 1, 'before')
    keys.close()
    t.throws(() => keys.lease(), KeyWipedError)
    first.release()
    first.release()
    const during = keys.seal('vault_entry.doc', id, 1, 'during')
    t.equal(keys.open('vault_entry.doc', id, 1, before), 'before')
    second.release()
    t.throws(() => keys.open('vault_entry.doc', id, 1, before), KeyWipedError)
    const again = open(tenant)
    t.equal(again.open('vault_entry.doc', id, 1, during), 'during', 'sealed under the real key')
  },
)

t.test('closing one keyring leaves another of the same tenant alone', async (t) => {
  const tenant = freshTenant()
  const [old, next] = [open(tenant), open(tenant)]
  const record = old.seal('vault_entry.doc', id, 1, 'x')
  old.close()
  t.equal(next.open('vault_entry.doc', id, 1, record), 'x')
})

t.test('the KEK may be wiped once it is open', async (t) => {
  const tenant = freshTenant()
  const keys = open(tenant)
  tenant.kek.key.wipe()
  t.equal(keys.open('vault_entry.doc', id, 1, keys.seal('vault_entry.doc', id, 1, 'x')), 'x')
  t.throws(() => open(tenant), KeyWipedError)
})

t.test('statistics, JSON and inspection show counts and no keys', async (t) => {
  const keys = open(freshTenant())
  const lease = keys.lease()
  t.match(keys.statistics(), { tenant: keys.tenant, leases: 1, closed: false })
  t.equal(keys.statistics().purposes.length, 7)
  t.same(JSON.parse(JSON.stringify(keys)), keys.statistics())
  lease.release()
  const shown = inspect(keys, { depth: 9, showHidden: true })
  const bytes = shown.match(/<Buffer(?: [0-9a-f]{2})+/g) ?? []
  t.ok(
    bytes.every((buffer) => buffer.length <= '<Buffer'.length + 3 * 8),
    'key ids at most',
  )
})
