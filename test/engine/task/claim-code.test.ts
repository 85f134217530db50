// A claim code has one form and one spelling, and what the script makes has it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { packageRoot } from '../../../engine/root.js'
import { formatClaimCode, isClaimCode } from '../../../engine/task/claim-code.js'

const random = fc.uint8Array({ minLength: 20, maxLength: 20 })
const code = formatClaimCode(Buffer.from('000102030405060708090a0b0c0d0e0f10111213', 'hex'))

// By Python's zlib.crc32 and base64.b32encode.
t.test('the frozen one', async (t) => {
  t.equal(code, 'rpcl_AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTHPO77JA')
})

t.test('what was formatted has the form, and no two are alike', async () => {
  fc.assert(fc.property(random, (bytes) => isClaimCode(formatClaimCode(bytes))))
})

t.test('one letter changed, lost, doubled or swapped', async () => {
  const letters = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')
  fc.assert(
    fc.property(fc.integer({ min: 5, max: code.length - 1 }), letters, (n, letter) =>
      [
        code.slice(0, n) + letter + code.slice(n + 1),
        code.slice(0, n) + code.slice(n + 1),
        code.slice(0, n) + code[n] + code.slice(n),
        code.slice(0, n) + (code[n + 1] ?? '') + code[n] + code.slice(n + 2),
      ].every((other) => other === code || !isClaimCode(other)),
    ),
  )
})

t.test('other spellings, other lengths, anything else', async (t) => {
  const others = [
    code.toLowerCase(),
    code.replace('rpcl_', 'RPCL_'),
    `${code}=`,
    ` ${code}`,
    `${code}\n`,
    code.slice(5),
    'rpcl_',
    '',
    'a code of the customer',
    `rpcl_${'A'.repeat(1_000_000)}`,
  ]
  for (const other of others) t.notOk(isClaimCode(other), other.slice(0, 60))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (rest) => !isClaimCode(`rpcl_${rest}`)))
})

t.test('the unused bits of the last letter are zero', async (t) => {
  const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(code.at(-1)!)
  t.equal(last & 7, 0)
  for (let bits = 1; bits < 8; bits++)
    t.notOk(isClaimCode(code.slice(0, -1) + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[last + bits]))
})

t.test('scripts/claim.mjs makes one, and its hash', async (t) => {
  const script = join(packageRoot, 'scripts', 'claim.mjs')
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
  const made = JSON.parse(run('--json').stdout) as { claim: string; adminClaim: string }
  t.ok(isClaimCode(made.claim))
  t.equal(made.adminClaim, createHash('sha256').update(made.claim).digest('hex'))
  const shown = run().stdout
  t.ok(isClaimCode(/^claim +(\S+)$/m.exec(shown)![1]!))
  t.match(shown, /^adminClaim +[0-9a-f]{64}$/m)
  t.equal(run('--help').status, 2)
})
