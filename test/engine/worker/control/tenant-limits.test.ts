// What may become a tenant: no reserved code, and no more than the licence says while it is in force.
import t from 'tap'
import {
  type Licensed,
  requireFreeName,
  requireTenantPlace,
} from '../../../../engine/worker/control/tenant-limits.js'

t.test('reserved codes, in any case', async (t) => {
  const reserved =
    'msp admin root system control postgres template0 template1 master tempdb model msdb public'
  for (const code of reserved.split(' '))
    for (const text of [code, code.toUpperCase(), `${code[0]!.toUpperCase()}${code.slice(1)}`])
      t.throws(
        () => requireFreeName(text),
        { code: 'validation_failed', violations: [{ pointer: '/shortCode' }] },
        text,
      )
  for (const text of ['acme', 'admins', 'msp-1', 'constructor'])
    t.doesNotThrow(() => requireFreeName(text), text)
})

const place = (
  tenants: number,
  license: { maxTenants: number | null; expiresTime: number | null },
  now = 1_000,
): Promise<void> =>
  requireTenantPlace({
    license,
    directory: { countLicensed: async () => tenants },
    clock: { now: () => now },
  } as unknown as Licensed)

const refused = { code: 'license_limit_reached' }

t.test('up to the limit', async (t) => {
  await place(24, { maxTenants: 25, expiresTime: null })
  await t.rejects(place(25, { maxTenants: 25, expiresTime: null }), refused)
  await t.rejects(place(26, { maxTenants: 25, expiresTime: null }), refused)
  await t.rejects(place(0, { maxTenants: 0, expiresTime: null }), refused)
  await place(100_000, { maxTenants: null, expiresTime: null })
})

t.test('until it expires', async (t) => {
  await place(0, { maxTenants: null, expiresTime: 1_001 })
  await t.rejects(place(0, { maxTenants: null, expiresTime: 1_000 }), refused)
})
