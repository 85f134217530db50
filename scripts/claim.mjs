#!/usr/bin/env node
// For a customer: makes the code that alone claims their tenant (SPEC §6, FORMATS §8), and its hash for the provider.
//   node scripts/claim.mjs            → the code, to keep, and its SHA-256, to hand to the provider (`adminClaim`)
//   node scripts/claim.mjs --json     → {"claim": "rpcl_…", "adminClaim": "…"}
// It stands alone, so that it can be run where the provider sees nothing: Node 20.15 and this file are enough.
import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

const base32 = (bytes) => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = bits.match(/.{1,5}/g)
  return letters.map((letter) => alphabet[parseInt(letter.padEnd(5, '0'), 2)]).join('')
}

const body = Buffer.concat([randomBytes(20), Buffer.alloc(4)])
body.writeUInt32BE(crc32(body.subarray(0, 20)), 20)
const claim = `rpcl_${base32(body)}`
const adminClaim = createHash('sha256').update(claim).digest('hex')

const wanted = process.argv.slice(2)
if (wanted.some((word) => word !== '--json')) {
  console.error('usage: node scripts/claim.mjs [--json]')
  process.exit(2)
}
if (wanted.length > 0) console.log(JSON.stringify({ claim, adminClaim }))
else {
  console.log(`claim       ${claim}`)
  console.log(`adminClaim  ${adminClaim}`)
  console.error(
    'Keep the claim: with it POST /api/v1/auth/setup {tenant, claim, password} makes you the first administrator, once.\n' +
      'Hand only adminClaim to the provider, for POST /api/v1/msp/tenants.',
  )
}
