// The document that decides for a whole tenant opens at its tenant and epoch, and nowhere else.
import t from 'tap'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import {
  openState,
  sealState,
  type TenantState,
  tenantStatus,
} from '../../../../engine/worker/context/tenant-state.js'
import { freshTenant, frozen, frozenTenant, open } from '../keys/fixture.js'

const stateOf = (more: Partial<TenantState> = {}): TenantState => ({
  status: tenantStatus.active,
  accessEpoch: 5,
  tokenGeneration: 3,
  ...more,
})

t.test('frozen states open for ever', async (t) => {
  const keys = open(frozenTenant())
  const states = frozen.records.filter(({ field }) => field === 'tenant_state.sealed')
  t.equal(states.length, 2)
  for (const { recordVersion, value, record } of states) {
    const stored = { accessEpoch: recordVersion, sealed: Buffer.from(record, 'hex') }
    t.same(openState(keys, stored), value)
  }
})

t.test('what is sealed is what was said, and nothing besides', async (t) => {
  const keys = open(freshTenant())
  const sealed = sealState(keys, Object.assign(stateOf(), { secret: 'x' }))
  t.same(openState(keys, { accessEpoch: 5, sealed }), stateOf())
})

t.test('under another epoch, or of another tenant, it does not open', async (t) => {
  const [acme, contoso] = [open(freshTenant()), open(freshTenant())]
  const sealed = sealState(acme, stateOf())
  for (const accessEpoch of [0, 4, 6, 5.5, -5, Number.NaN, Number.MAX_SAFE_INTEGER + 1])
    t.throws(() => openState(acme, { accessEpoch, sealed }), IntegrityError)
  t.throws(() => openState(contoso, { accessEpoch: 5, sealed }), IntegrityError)
  t.throws(() => openState(acme, { accessEpoch: 5, sealed: Buffer.alloc(0) }), IntegrityError)
})

t.test('an epoch within that is not the one it was sealed for', async (t) => {
  const keys = open(freshTenant())
  const sealed = keys.seal('tenant_state.sealed', keys.tenant, 5, stateOf({ accessEpoch: 4 }))
  t.throws(() => openState(keys, { accessEpoch: 5, sealed }), IntegrityError)
})

t.test('its size does not tell the status', async (t) => {
  const keys = open(freshTenant())
  const sizes = Object.values(tenantStatus).map(
    (status) => sealState(keys, stateOf({ status })).length,
  )
  t.equal(new Set(sizes).size, 1)
})
