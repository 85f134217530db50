// Promise: the generator writes the SDK's types and resources where it is told, and into this tree only without a folder
// of its own; each method's comment is the contract's.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../engine/root.js'

const folder = t.testdir()
const script = join(packageRoot, 'scripts/generate.mjs')
const ours = join(packageRoot, 'sdk/src/generated/contract.d.ts')
const before = statSync(ours).mtimeMs

execFileSync(process.execPath, [script, '--out', join(folder, 'out'), '--sdk', join(folder, 'sdk')])
const types = join(folder, 'sdk/contract.d.ts')
t.ok(existsSync(types))
t.match(readFileSync(types, 'utf8'), /ErrorCode: .*"not_found"/)
t.equal(statSync(ours).mtimeMs, before)

const tenant = readFileSync(join(folder, 'sdk/tenant.ts'), 'utf8')
const [comment = ''] = /\/\*\*(?:(?!\/\*\*)[^])*?async update\(/.exec(tenant) ?? []
t.match(comment, 'Change an entry.', 'its summary')
t.match(comment, 'Makes a new version; 20 are kept.', 'its description')
t.match(comment, '@param entryId Id of the vault entry.', 'its parameters')
t.match(
  comment,
  /@throws \{RpPamError\}[^]*`name_taken`[^]*`precondition_failed`/,
  'its error codes',
)
t.notMatch(tenant, /\bany\b(?=[;,>)])/)
