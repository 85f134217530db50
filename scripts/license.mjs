#!/usr/bin/env node
// For the vendor: makes a key pair, and issues licences with it (SPEC §5, FORMATS §8).
//   node scripts/license.mjs keys --out vendor            → vendor.private.jwk (0600), vendor.public.jwk
//   node scripts/license.mjs issue --key vendor.private.jwk --organisation "Acme MSP" --edition msp \
//        [--max-tenants N] [--max-users N] [--max-resources N] [--max-nodes N] [--features a,b] [--days 365]
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(
    [
      'out',
      'key',
      'organisation',
      'edition',
      'max-tenants',
      'max-users',
      'max-resources',
      'max-nodes',
      'features',
      'days',
    ].map((name) => [name, { type: 'string' }]),
  ),
})

const stop = (message) => {
  console.error(message)
  process.exit(2)
}

const makeKeys = async (out) => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', {
    crv: 'Ed25519',
    extractable: true,
  })
  const publicJwk = await exportJWK(publicKey)
  const named = { kid: await calculateJwkThumbprint(publicJwk), alg: 'EdDSA', use: 'sig' }
  writeFileSync(
    `${out}.private.jwk`,
    JSON.stringify({ ...(await exportJWK(privateKey)), ...named }),
    { mode: 0o600, flag: 'wx' },
  )
  writeFileSync(`${out}.public.jwk`, JSON.stringify({ ...publicJwk, ...named }), { flag: 'wx' })
  console.error(
    `${out}.private.jwk and ${out}.public.jwk; the engine gets the public one (license.publicKeys)`,
  )
}

const count = (name) => {
  const text = values[name]
  if (text === undefined) return {}
  if (!/^\d{1,9}$/.test(text)) stop(`--${name} takes a whole number`)
  return { [name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())]: Number(text) }
}

const issue = async () => {
  if (!values.key || !values.organisation) stop('issue needs --key and --organisation')
  const edition = values.edition ?? 'msp'
  if (edition !== 'msp' && edition !== 'enterprise') stop('--edition is msp or enterprise')
  if (!/^\d{1,5}$/.test(values.days ?? '365')) stop('--days takes a whole number')
  const jwk = JSON.parse(readFileSync(values.key, 'utf8'))
  const claims = {
    organisation: values.organisation,
    edition,
    ...count('max-tenants'),
    ...count('max-users'),
    ...count('max-resources'),
    ...count('max-nodes'),
    features: (values.features ?? '').split(',').filter(Boolean),
  }
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'rppam-license+jwt', kid: jwk.kid })
    .setIssuedAt()
    .setNotBefore('0s')
    .setExpirationTime(`${values.days ?? 365}d`)
    .sign(await importJWK(jwk, 'EdDSA'))
  console.log(token)
}

if (positionals[0] === 'keys') await makeKeys(values.out ?? 'vendor')
else if (positionals[0] === 'issue') await issue()
else stop('usage: license.mjs keys --out NAME | issue --key FILE --organisation NAME [options]')
